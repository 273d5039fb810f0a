using System.Collections.Concurrent;
using System.Linq;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Every query of the shared evaluation scripts, and of our own, a test each.</summary>
public class EvaluationScriptTests
{
    private const string Folder = "conformance/promql/eval";
    private const string OwnFolder = "promql";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<ScriptCase>> s_scripts = new();

    public static IEnumerable<TheoryDataRow<string, int>> Cases()
    {
        if (!Oracle.Has(Folder))
        {
            yield return new TheoryDataRow<string, int>("aggregators.test", 0);
            yield break;
        }

        foreach (string path in Directory.GetFiles(Oracle.Locate(Folder), "*.test").Order(StringComparer.Ordinal))
        {
            foreach (ScriptCase testCase in Script(path))
            {
                yield return new TheoryDataRow<string, int>(testCase.File, testCase.Line);
            }
        }
    }

    public static IEnumerable<TheoryDataRow<string, int>> OwnCases()
    {
        foreach (string path in Directory.GetFiles(Oracle.TestData(OwnFolder), "*.test").Order(StringComparer.Ordinal))
        {
            foreach (ScriptCase testCase in Script(path))
            {
                yield return new TheoryDataRow<string, int>(testCase.File, testCase.Line);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_query_gives_what_its_script_expects(string file, int line) =>
        RunAsync(Path.Combine(Oracle.Locate(Folder), file), line);

    [Theory]
    [MemberData(nameof(OwnCases))]
    public Task A_query_gives_what_our_own_script_expects(string file, int line) =>
        RunAsync(Oracle.TestData(Path.Combine(OwnFolder, file)), line);

    private static async Task RunAsync(string path, int line)
    {
        ScriptCase testCase = Script(path).First(candidate => candidate.Line == line);
        IReadOnlyList<string> problems = await ScriptRunner.RunAsync(testCase, TestContext.Current.CancellationToken);
        Assert.True(problems.Count == 0, $"{testCase}\n  {string.Join("\n  ", problems)}");
    }

    private static IReadOnlyList<ScriptCase> Script(string path) => s_scripts.GetOrAdd(path, ScriptReader.Read);
}
