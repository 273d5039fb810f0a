using System.Collections.Concurrent;
using System.Linq;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Every query of the shared evaluation scripts, a test each.</summary>
public class EvaluationScriptTests
{
    private const string Folder = "conformance/promql/eval";

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

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_query_gives_what_its_script_expects(string file, int line)
    {
        ScriptCase testCase = Script(Path.Combine(Oracle.Locate(Folder), file)).First(candidate => candidate.Line == line);
        IReadOnlyList<string> problems;
        try
        {
            problems = await ScriptRunner.RunAsync(testCase, TestContext.Current.CancellationToken);
        }
        catch (NotRunnableException later)
        {
            Assert.Skip($"left to a later issue: {later.Message}");
            return;
        }

        Assert.True(problems.Count == 0, $"{testCase}\n  {string.Join("\n  ", problems)}");
    }

    private static IReadOnlyList<ScriptCase> Script(string path) => s_scripts.GetOrAdd(path, ScriptReader.Read);
}
