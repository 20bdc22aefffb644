using System.Globalization;
using ContainerStages.Fuzz;
using SharpFuzz;

// TARGET SECONDS SEED FOLDER   our own loop; a failing input is left in FOLDER
// --try TARGET FILE            one input
// --seeds TARGET FOLDER        writes the inputs to begin with, for AFL
// --afl TARGET                 started by afl-fuzz
// --libfuzzer TARGET           started by libfuzzer-dotnet
Coverage.Attach();
switch (args)
{
    case ["--afl", var name]:
        var tried = FuzzTargets.Named(name);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            var input = new MemoryStream();
            stream.CopyTo(input);
            tried.Check(input.ToArray());
        });
        return 0;
    case ["--libfuzzer", var name]:
        var target = FuzzTargets.Named(name);
        Fuzzer.LibFuzzer.Run(input => target.Check(input.ToArray()));
        return 0;
    case ["--seeds", var name, var folder]:
        Directory.CreateDirectory(folder);
        foreach (var (index, seed) in FuzzTargets.Named(name).Seeds.Index())
        {
            File.WriteAllBytes(Path.Combine(folder, $"{index:0000}"), seed);
        }

        return 0;
    case ["--try", var name, var file]:
        return FuzzReport.Try(FuzzTargets.Named(name), File.ReadAllBytes(file));
    case [var name, var seconds, var seed, var folder]:
        return FuzzReport.Run(
            FuzzTargets.Named(name),
            TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
            int.Parse(seed, CultureInfo.InvariantCulture),
            folder);
    default:
        Console.Error.WriteLine("build/fuzz.sh starts this; its head says how.");
        return 2;
}
