using System.Text.Json;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class MediaTypesTests
{
    private const string File = "content_type_cases.json";

    public static TheoryData<string> Cases => ExpositionCases.Names(File, "name");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_content_type_leads_to_its_parser_or_the_fallbacks(string name)
    {
        JsonElement testCase = ExpositionCases.Find(File, "name", name);
        ExpositionFormat? fallback = testCase.GetProperty("fallback_scrape_protocol").GetString() switch
        {
            null => null,
            "OpenMetricsText1.0.0" or "OpenMetricsText0.0.1" => ExpositionFormat.OpenMetrics100,
            "PrometheusText1.0.0" => ExpositionFormat.Text100,
            "PrometheusText0.0.4" => ExpositionFormat.Text004,
            _ => ExpositionFormat.Protobuf,
        };

        bool chosen = MediaTypes.TryChoose(
            testCase.GetProperty("content_type").GetString()!, fallback, out ExpositionFormat format, out string? problem);

        string? parser = !chosen ? null : format switch
        {
            ExpositionFormat.OpenMetrics100 => "openmetrics",
            ExpositionFormat.Protobuf => "protobuf",
            _ => "text",
        };
        Assert.Equal(testCase.GetProperty("parser").GetString(), parser);
        if (testCase.GetProperty("message_contains").GetString() is { } message)
        {
            Assert.Contains(message, problem);
        }
        else
        {
            Assert.Null(problem);
        }
    }

    [Theory]
    [InlineData("", "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target")]
    [InlineData("text/html", "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target")]
    public void Without_a_fallback_an_unusable_header_is_a_failure(string header, string problem)
    {
        Assert.False(MediaTypes.TryChoose(header, null, out _, out string? reason));
        Assert.Equal(problem, reason);
    }

    [Fact]
    public void A_blank_header_uses_the_fallback_and_says_so()
    {
        Assert.True(MediaTypes.TryChoose("", ExpositionFormat.Text004, out ExpositionFormat format, out string? reason));
        Assert.Equal(ExpositionFormat.Text004, format);
        Assert.Equal(
            "non-compliant scrape target sending blank Content-Type, using fallback_scrape_protocol \"text/plain\"",
            reason);
    }
}
