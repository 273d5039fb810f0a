using System.Linq;
using System.Reflection;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Rules;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary><c>ampedge-server test rules</c>: unit tests of rule files, in the format and words of promtool.</summary>
internal sealed class TestRulesCommand
{
    /// <summary>The word that begins the command lines of tests.</summary>
    public const string Word = "test";

    private const string Program = "ampedge-server " + Word;

    private readonly TimeProvider _time;
    private readonly CommandLine _commandLine;
    private readonly ListArgument _files;
    private readonly Flag<IReadOnlyList<string>> _run;
    private readonly Flag<bool> _ignoreUnknownFields;
    private readonly Flag<IReadOnlyList<string>> _features;

    public TestRulesCommand(TimeProvider time)
    {
        _time = time;
        _commandLine = new CommandLine(
            $"{Program} rules", "Runs unit tests of rules and alerts.", Assembly.GetExecutingAssembly());
        _files = _commandLine.Arguments("FILE", "Files of tests, in the format of promtool test rules.");
        FlagGroup tests = _commandLine.Group("Tests");
        _run = tests.Texts("run", "Only tests whose names match; may be given several times.", "REGEX");
        _ignoreUnknownFields = tests.Switch("ignore-unknown-fields", "Pass by keys in the files that are not known.");
        _features = tests.Words(
            "enable-feature", [.. EngineFeatures.Names],
            $"Experimental parts of PromQL to switch on: {string.Join(", ", EngineFeatures.Names)}.");
    }

    /// <summary>Runs the command that the first argument names on the given streams.</summary>
    /// <param name="args">Everything behind the word.</param>
    /// <param name="output">Takes the progress.</param>
    /// <param name="error">Takes what is wrong.</param>
    /// <param name="time">The clock of time-outs.</param>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, TimeProvider time)
    {
        if (args is ["rules", ..])
        {
            List<string> rest = [.. args];
            rest.RemoveAt(0);
            return new TestRulesCommand(time).Run(rest, output, error);
        }

        bool asked = args is ["-h" or "--help"];
        if (args.Count > 0 && !asked)
        {
            error.WriteLine($"error: there is no command '{args[0]}'");
        }

        TextWriter target = asked ? output : error;
        target.WriteLine($"usage: {Program} rules [flags] FILE …");
        target.WriteLine();
        target.WriteLine("  rules      Runs unit tests of rules and alerts.");
        return asked ? ExitCode.Success : ExitCode.Usage;
    }

    /// <summary>Runs the tests of all files; 0 when all pass, 1 when one does not.</summary>
    public int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        if (!_commandLine.TryParse(args, output, error, out int exitCode))
        {
            return exitCode;
        }

        SearchRegex? run = null;
        if (_run.Value.Count > 0 && !SearchRegex.TryCreate(string.Join('|', _run.Value), out run, out string? problem))
        {
            error.WriteLine($"error: flag --run: {problem}");
            return ExitCode.Usage;
        }

        bool failed = false;
        foreach (string file in _files.Values)
        {
            output.WriteLine($"Unit Testing:  {file}");
            List<string> failures = RunFile(file, run, error);
            if (failures.Count == 0)
            {
                output.WriteLine("  SUCCESS");
            }
            else
            {
                error.WriteLine("  FAILED:");
                foreach (string failure in failures)
                {
                    error.WriteLine(failure);
                    output.WriteLine();
                }

                failed = true;
            }

            output.WriteLine();
        }

        return failed ? ExitCode.Failure : ExitCode.Success;
    }

    private List<string> RunFile(string path, SearchRegex? run, TextWriter error)
    {
        ConfigErrors problems = new();
        RuleTestFile file = RuleTestFileReader.Read(path, _ignoreUnknownFields.Value, problems);
        if (problems.Count > 0)
        {
            return problems.Problems.Select(static problem => problem.ToString()).ToList();
        }

        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (string group in file.GroupOrder)
        {
            if (!named.Add(group))
            {
                return [$"group name repeated in evaluation order: {group}"];
            }
        }

        List<string> ruleFiles = FindRuleFiles(path, file, error);
        List<string> failures = [];
        foreach (RuleTest test in file.Tests)
        {
            if (run is null || run.IsMatch(test.Name))
            {
                failures.AddRange(RunTest(test, file, ruleFiles));
            }
        }

        return failures;
    }

    private static List<string> FindRuleFiles(string path, RuleTestFile file, TextWriter error)
    {
        List<string> found = [];
        foreach (string pattern in file.RuleFiles)
        {
            string full = pattern.Length == 0 ? "" : Path.Combine(Path.GetDirectoryName(path) ?? "", pattern);
            List<string> matching = GlobPath.Find(full);
            if (matching.Count == 0 || pattern.Length == 0)
            {
                error.WriteLine($"  WARNING: no file match pattern {full}");
                continue;
            }

            found.AddRange(matching);
        }

        return found;
    }

    private IReadOnlyList<string> RunTest(RuleTest test, RuleTestFile file, List<string> ruleFiles)
    {
        EngineOptions engine = EngineFeatures.Enable(new EngineOptions(), _features.Value);
        RuleFileOptions options = new() { IgnoreUnknownFields = _ignoreUnknownFields.Value, Parser = engine.Parser };
        List<RuleGroupDefinition> groups = [];
        List<string> problems = [];
        foreach (string ruleFile in ruleFiles)
        {
            RuleFile rules = RuleFileReader.ReadFile(ruleFile, options);
            groups.AddRange(rules.Groups);
            problems.AddRange(rules.Problems);
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        using RuleTestRun testRun = new(test, file, Order(groups, file.GroupOrder), engine, _time);
        return testRun.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Groups that are not named count as first.</summary>
    private static List<RuleGroupDefinition> Order(List<RuleGroupDefinition> groups, IReadOnlyList<string> order)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int index = 0; index < order.Count; index++)
        {
            places[order[index]] = index;
        }

        return groups.OrderBy(group => places.GetValueOrDefault(group.Name)).ToList();
    }
}
