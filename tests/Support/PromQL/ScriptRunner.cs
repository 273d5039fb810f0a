using System.Collections.ObjectModel;
using System.Linq;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>
/// Runs the queries of scripts on the engine and says where it is wrong. An instant query is asked three times: as it
/// stands, pinned by <c>@</c> and evaluated at other times, and as the middle of a range query of three steps.
/// </summary>
public static class ScriptRunner
{
    private const long MinuteMs = 60_000;

    private static readonly Engine s_engine = new(
        new EngineOptions { MaxSamples = 10_000, DelayedNameRemoval = true, Parser = ParserOptions.Everything },
        TimeProvider.System);

    /// <summary>What is wrong, line by line; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(ScriptCase testCase, CancellationToken cancel)
    {
        List<string> problems = [];
        await RunAsWrittenAsync(testCase, problems, cancel);
        if (!testCase.IsRange && problems.Count == 0)
        {
            await RunVariantsAsync(testCase, problems, cancel);
        }

        return problems;
    }

    private static async Task RunAsWrittenAsync(ScriptCase testCase, List<string> problems, CancellationToken cancel)
    {
        QueryResult result;
        try
        {
            result = testCase.IsRange
                ? await s_engine.RangeAsync(
                    testCase.Data, testCase.Query, testCase.StartMs, testCase.EndMs, testCase.StepMs, QueryOptions.Default, cancel)
                : await s_engine.InstantAsync(testCase.Data, testCase.Query, testCase.StartMs, QueryOptions.Default, cancel);
        }
        catch (QueryException failed)
        {
            CheckFailure(testCase, failed.Message, problems);
            return;
        }

        if (testCase.MustFail)
        {
            problems.Add($"must fail, and gave {Describe(result.Value)}");
            return;
        }

        CheckAnnotations(testCase, result.Annotations, problems);
        problems.AddRange(ScriptComparison.Compare(testCase, result.Value));
    }

    private static void CheckFailure(ScriptCase testCase, string message, List<string> problems)
    {
        if (!testCase.MustFail)
        {
            problems.Add($"failed: {message}");
        }

        // The HTTP API names the place of a parse error before its text, scripts only the text.
        foreach (ScriptExpectation expected in testCase.Expectations.Where(expectation => expectation.Kind == "fail"))
        {
            if (!expected.Covers(message))
            {
                problems.Add($"failed with '{message}', expected '{expected.Text ?? expected.Pattern?.ToString()}'");
            }
        }
    }

    private static void CheckAnnotations(ScriptCase testCase, Annotations annotations, List<string> problems)
    {
        CheckKind(testCase, "warn", annotations.Warnings, problems);
        CheckKind(testCase, "info", annotations.Infos, problems);
    }

    private static void CheckKind(ScriptCase testCase, string kind, ReadOnlyCollection<string> texts, List<string> problems)
    {
        if (testCase.Has("no_" + kind) && texts.Count > 0)
        {
            problems.Add($"no {kind} expected, got: {string.Join(" | ", texts)}");
        }

        ScriptExpectation[] expected = [.. testCase.Expectations.Where(expectation => expectation.Kind == kind)];
        foreach (ScriptExpectation expectation in expected)
        {
            if (!texts.Any(expectation.Covers))
            {
                problems.Add($"{kind} '{expectation.Text ?? expectation.Pattern?.ToString()}' is missing among: {string.Join(" | ", texts)}");
            }
        }

        foreach (string text in texts)
        {
            if (expected.Length > 0 && !expected.Any(expectation => expectation.Covers(text)))
            {
                problems.Add($"unexpected {kind}: {text}");
            }
        }
    }

    private static async Task RunVariantsAsync(ScriptCase testCase, List<string> problems, CancellationToken cancel)
    {
        Expr? expr = PromQLParser.Parse(testCase.Query, ParserOptions.Everything).Expr;
        if (expr is null || testCase.MustFail)
        {
            return;
        }

        if (ScriptVariants.Pin(testCase.Query, expr, testCase.StartMs) is { } pinned)
        {
            foreach (long timeMs in (long[])[testCase.StartMs + (7 * MinuteMs), testCase.StartMs - (13 * MinuteMs), 0])
            {
                await CheckVariantAsync(
                    testCase,
                    $"{pinned} at {timeMs}",
                    s_engine.InstantAsync(testCase.Data, pinned, timeMs, QueryOptions.Default, cancel),
                    problems);
            }
        }

        if (ScriptVariants.MayBeAStep(expr))
        {
            await CheckVariantAsync(
                testCase,
                "as the middle of three steps",
                s_engine.RangeAsync(
                    testCase.Data,
                    testCase.Query,
                    testCase.StartMs - MinuteMs,
                    testCase.StartMs + MinuteMs,
                    MinuteMs,
                    QueryOptions.Default,
                    cancel),
                problems);
        }
    }

    private static async Task CheckVariantAsync(
        ScriptCase testCase, string variant, Task<QueryResult> run, List<string> problems)
    {
        try
        {
            QueryResult result = await run;
            foreach (string problem in ScriptComparison.CompareVariant(testCase, result.Value))
            {
                problems.Add($"{variant}: {problem}");
            }
        }
        catch (QueryException failed)
        {
            problems.Add($"{variant}: failed: {failed.Message}");
        }
    }

    private static string Describe(QueryValue value) => value switch
    {
        VectorValue vector => $"a vector of {vector.Count}",
        MatrixValue matrix => $"a matrix of {matrix.Count}",
        _ => value.GetType().Name,
    };
}
