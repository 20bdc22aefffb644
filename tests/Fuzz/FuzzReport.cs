namespace ContainerStages.Fuzz;

/// <summary>Runs for a person: lines on standard output, exit code 1 where something failed.</summary>
internal static class FuzzReport
{
    public static int Run(FuzzTarget target, TimeSpan time, int seed, string folder)
    {
        Directory.CreateDirectory(folder);
        using var loop = new FuzzLoop(target, seed, Path.Combine(folder, $"{target.Name}.last"));
        var failure = loop.Run(time);
        Console.WriteLine($"{target.Name}: {loop.Tried} inputs, {loop.Edges} branches, {loop.CorpusSize} inputs kept, seed {seed}");
        if (failure is null)
        {
            return 0;
        }

        var file = Path.Combine(folder, $"{target.Name}.failing");
        File.WriteAllBytes(file, [.. failure.Input]);
        Console.WriteLine($"{failure}{Environment.NewLine}The input is {file}; mended, it belongs under tests/Fuzz/Seeds/{target.Name}.");
        return 1;
    }

    public static int Try(FuzzTarget target, byte[] input)
    {
        var failure = FuzzLoop.Try(target, input);
        Console.WriteLine(failure?.ToString() ?? "nothing happens");
        return failure is null ? 0 : 1;
    }
}
