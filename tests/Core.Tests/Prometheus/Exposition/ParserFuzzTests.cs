using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Whatever the bytes, a parser ends, with entries and at most one error, and touches nothing outside.</summary>
public sealed class ParserFuzzTests
{
    private const string Page =
        "# HELP a_seconds He\\\\lp \\n text\n# TYPE a_seconds histogram\n# UNIT a_seconds seconds\n"
        + "a_seconds_bucket{le=\"1\",x=\"q\\\"\\\\\"} 12 1520879607.789 # {id=\"é\"} 0.5 1.5\n"
        + "{\"utf 8.name\",\"label name\"=\"v\",b=\"c\",} -1.5e-3\n# EOF\n";

    private static readonly byte[] s_page = System.Text.Encoding.UTF8.GetBytes(Page);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_cut_at_any_byte_parses_or_gives_an_error(bool openMetrics)
    {
        for (int length = 0; length <= s_page.Length; length++)
        {
            ExpositionError? error = ExpositionCases.ParseAll(s_page[..length], openMetrics, []);
            Assert.True(error is null or { Line: > 0, Column: > 0 }, $"cut at {length}: {error}");
            Assert.True(!openMetrics || length >= s_page.Length - 1 || error is not null, $"cut at {length} was taken");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_edits_never_do_more_than_give_an_error(bool openMetrics)
    {
        Gen gen = Gen.Create(73);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] page = gen.Mutate(s_page);
            try
            {
                ExpositionCases.ParseAll(page, openMetrics, []);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{Convert.ToBase64String(page)}: {exception}; {gen}");
            }
        }
    }

    [Fact]
    public void Mutated_real_errors_stay_errors_or_entries()
    {
        Gen gen = Gen.Create(74);
        foreach (JsonElement testCase in ExpositionCases.Load("parse_errors.json"))
        {
            byte[] input = ExpositionCases.Input(testCase);
            for (int round = 0; round < 50 && input.Length > 0; round++)
            {
                byte[] page = gen.Mutate(input);
                ExpositionCases.ParseAll(page, openMetrics: false, []);
                ExpositionCases.ParseAll(page, openMetrics: true, []);
            }
        }
    }
}
