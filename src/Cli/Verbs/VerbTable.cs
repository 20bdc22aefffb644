using ContainerStages.Cli.Completion;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Verbs;

/// <summary>One verb of the command line.</summary>
/// <param name="Usage">What follows the verb.</param>
/// <param name="Run">Gets the options and all arguments of the program; returns the exit code.</param>
/// <param name="StopAtFirst">True where everything after the first plain argument belongs to a command.</param>
/// <param name="Arguments">What shells offer for arguments that are no options.</param>
internal sealed record Verb(
    string Name,
    string Usage,
    string Help,
    IReadOnlyList<Option> Options,
    Func<OptionReader, IReadOnlyList<string>, Task<int>> Run,
    bool StopAtFirst = false,
    Candidates? Arguments = null);

/// <summary>All verbs, and the one way into them.</summary>
internal static class VerbTable
{
    public static Option HelpOption { get; } = new(["--help", "-h"], null, "show this help");

    public static IReadOnlyList<Verb> Verbs =>
    [
        BuildVerb.Verb, LockVerb.Verb, RestoreVerb.Verb, PlanVerb.Verb, EnginesVerb.Verb, RunVerb.Verb, ImagesVerb.Verb, InspectVerb.Verb,
        HistoryVerb.Verb, ReportVerb.Verb, PruneVerb.Verb, LoginVerb.Login, LoginVerb.Logout, ExportVerb.Verb,
        ImportVerb.Verb, ExplainVerb.Verb, CompletionVerb.Script,
        ExecuteVerb.Verb, CompletionVerb.Complete,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await ChooseAsync(args);
        }
        catch (BuildFailedException failed)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return EngineExitCode.Failed;
        }
        catch (Exception failure) when (StoreDirectory.Explain(failure, StoreDirectory.DefaultPath()) is { } diagnostic)
        {
            await Console.Error.WriteLineAsync(diagnostic.ToString());
            return EngineExitCode.Failed;
        }
        catch (Exception failure)
        {
            LastResort.Report(failure, Warn);
            return EngineExitCode.Failed;
        }
    }

    private static async Task<int> ChooseAsync(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "help"])
        {
            await Console.Out.WriteAsync(Overview());
            return args.Length == 0 ? EngineExitCode.WrongUsage : EngineExitCode.Done;
        }

        if (args is ["--version" or "version"])
        {
            await Console.Out.WriteLineAsync($"dotnet-stages {ProgramVersion.Text}");
            return EngineExitCode.Done;
        }

        if (Verbs.FirstOrDefault(known => known.Name == args[0]) is not { } verb)
        {
            await Console.Error.WriteLineAsync(
                $"dotnet-stages: there is no verb '{args[0]}'.{NearestName.Suggest(args[0], Verbs.Select(known => known.Name))}" +
                " See 'dotnet-stages --help'.");
            return EngineExitCode.WrongUsage;
        }

        try
        {
            var options = new OptionReader([.. verb.Options, HelpOption], args[1..], verb.StopAtFirst);
            if (options.IsSet("--help"))
            {
                await Console.Out.WriteAsync(HelpOf(verb));
                return EngineExitCode.Done;
            }

            return await verb.Run(options, args);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync($"dotnet-stages {verb.Name}: {wrong.Message} See 'dotnet-stages {verb.Name} --help'.");
            return EngineExitCode.WrongUsage;
        }
    }

    /// <summary>To a person, beside what the verb gives.</summary>
    public static void Warn(Diagnostic diagnostic) => Console.Error.WriteLine(diagnostic);

    private static string Overview() =>
        "Builds container images in stages, without a daemon.\n\nUsage: dotnet-stages VERB [OPTIONS]\n\n"
        + string.Concat(Verbs.Where(verb => verb.Help.Length > 0).Select(verb => $"  {verb.Name,-10} {verb.Help}\n"))
        + "\n'dotnet-stages VERB --help' shows the options of a verb.\n";

    private static string HelpOf(Verb verb) =>
        $"{verb.Help}\n\nUsage: dotnet-stages {verb.Name} {verb.Usage}\n\n"
        + string.Concat(
            verb.Options.Append(HelpOption)
                .Select(
                    option =>
                        $"  {string.Join(", ", option.Names.Reverse()) + (option.Value is null ? "" : " " + option.Value),-34} " +
                        $"{option.Help}\n"));
}
