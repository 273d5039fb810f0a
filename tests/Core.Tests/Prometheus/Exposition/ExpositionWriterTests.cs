using System.Buffers;
using System.Text;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

public sealed class ExpositionWriterTests
{
    [Fact]
    public void The_text_format_is_written_as_scrapers_expect_it()
    {
        Assert.Equal(
            """
            # HELP requests_total Requests \\ by\ncode.
            # TYPE requests_total counter
            requests_total{code="200",path="a\"b"} 1.5
            requests_total 2 1500
            # HELP "http.open" Open.
            # TYPE "http.open" gauge
            {"http.open",zone="1"} +Inf
            # TYPE bare untyped
            bare NaN

            """,
            Write(ExpositionFormat.Text100));
    }

    [Fact]
    public void OpenMetrics_differs_in_counters_units_timestamps_and_the_end()
    {
        Assert.Equal(
            """
            # HELP requests Requests \\ by\ncode.
            # TYPE requests counter
            requests_total{code="200",path="a\"b"} 1.5
            requests_total 2 1.5
            # HELP "http.open" Open.
            # TYPE "http.open" gauge
            {"http.open",zone="1"} +Inf
            # TYPE bare unknown
            bare NaN
            # EOF

            """,
            Write(ExpositionFormat.OpenMetrics100));
    }

    [Theory]
    [InlineData(ExpositionFormat.Text100)]
    [InlineData(ExpositionFormat.OpenMetrics100)]
    public void What_is_written_parses(ExpositionFormat format)
    {
        List<ParsedEntry> entries = [];
        ExpositionError? error = ExpositionCases.ParseAll(
            Encoding.UTF8.GetBytes(Write(format)), format == ExpositionFormat.OpenMetrics100, entries);

        Assert.Null(error);
        List<ParsedEntry> series = entries.FindAll(entry => entry.Kind == ExpositionEntry.Series);
        Assert.Equal(4, series.Count);
        Assert.Equal("a\"b", series[0].Labels.GetString("path"));
        Assert.Equal(1500, series[1].TimestampMs);
        Assert.Equal("http.open", series[2].Labels.MetricName);
    }

    private static string Write(ExpositionFormat format)
    {
        ArrayBufferWriter<byte> page = new();
        ExpositionWriter writer = new(page, format);
        writer.BeginFamily("requests_total", "Requests \\ by\ncode.", MetricType.Counter);
        writer.WriteSample("requests_total", ExpositionWriter.PrepareLabels("code", "200", "path", "a\"b"), 1.5);
        writer.WriteSample("requests_total", [], 2, 1500);
        writer.BeginFamily("http.open", "Open.", MetricType.Gauge);
        writer.WriteSample("http.open", ExpositionWriter.PrepareLabels("zone", "1"), double.PositiveInfinity);
        writer.BeginFamily("bare", "", MetricType.Unknown);
        writer.WriteSample("bare", [], double.NaN);
        writer.EndPage();
        return Encoding.UTF8.GetString(page.WrittenSpan);
    }
}
