using System.Text.Json;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Malformed pages give the texts that a Prometheus server gives.</summary>
public sealed class ParserErrorTests
{
    private const string ErrorFile = "parse_errors.json";
    private const string OpenMetricsFile = "openmetrics_cases.json";

    public static TheoryData<string> ErrorCases => ExpositionCases.Names(ErrorFile, "id");

    public static TheoryData<string> OpenMetricsCases => ExpositionCases.Names(OpenMetricsFile, "name");

    [Theory]
    [MemberData(nameof(ErrorCases))]
    public void A_short_input_is_taken_or_refused_with_the_servers_text(string id)
    {
        JsonElement testCase = ExpositionCases.Find(ErrorFile, "id", id);

        ExpositionError? error = ExpositionCases.ParseAll(
            ExpositionCases.Input(testCase), testCase.GetProperty("format").GetString() == "openmetrics");

        string? expected = testCase.GetProperty("ok").GetBoolean() ? null : testCase.GetProperty("error").GetString();
        Assert.Equal(expected, error?.Message);
    }

    [Theory]
    [MemberData(nameof(OpenMetricsCases))]
    public void An_OpenMetrics_page_is_taken_or_refused_as_a_server_does(string name)
    {
        JsonElement testCase = ExpositionCases.Find(OpenMetricsFile, "name", name);
        JsonElement recorded = testCase.GetProperty("v3_5");

        ExpositionError? error = ExpositionCases.ParseAll(ExpositionCases.Input(testCase), openMetrics: true);

        string? expected = recorded.GetProperty("accepts").GetBoolean()
            ? null
            : recorded.GetProperty("error").GetString();
        Assert.Equal(expected, error?.Message);
    }

    [Fact]
    public void An_error_names_line_and_column()
    {
        ExpositionError? error = ExpositionCases.ParseAll("a 1\nbb{x=\"1\"} 2\ncc{x=1} 3\n"u8.ToArray(), false);

        Assert.NotNull(error);
        Assert.Equal((3, 6), (error.Line, error.Column));
        Assert.StartsWith("line 3, column 6: expected label value, got \"1\"", error.ToString());
    }

    [Fact]
    public void The_first_error_is_final()
    {
        LineParser<TextGrammar> parser = new("{ 1\na 2\n"u8, new LabelSlots(), new LabelSlots());

        Assert.Equal(ExpositionEntry.Error, parser.Next());
        ExpositionError? first = parser.Error;
        Assert.Equal(ExpositionEntry.Error, parser.Next());
        Assert.Same(first, parser.Error);
    }

    [Theory]
    [InlineData("{x=\"1\"} 1\n", "metric name not set while parsing: \"{x=\\\"1\\\"} 1\"")]
    [InlineData("a 1 99999999999999999999\n", "strconv.ParseInt: parsing \"99999999999999999999\": value out of range while parsing: \"a 1 99999999999999999999\"")]
    [InlineData("a 1e999\n", "strconv.ParseFloat: parsing \"1e999\": value out of range while parsing: \"a 1e999\"")]
    [InlineData("b {{ 3\n", "expected label name, got \"{\" (\"INVALID\") while parsing: \"b {{\"")]
    [InlineData("# TYPE a  counter\n", "invalid metric type \" counter\"")]
    public void Text_that_a_server_refuses_is_refused(string page, string message)
    {
        ExpositionError? error = ExpositionCases.ParseAll(System.Text.Encoding.UTF8.GetBytes(page), false);

        Assert.Equal(message, error?.Message);
    }
}
