using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.IngestServer.Tests.Tsdb;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

public sealed class BatchWriterTests
{
    private const long NowMs = TestDatabase.StartMs;
    private const long Hour = 3_600_000;

    [Fact]
    public void Samples_that_are_all_too_new_or_too_old_make_no_series()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { OldestAcceptedAge = TimeSpan.FromHours(1) });
        test.Append(Labels.FromStrings("__name__", "up"), NowMs, 1);
        WriteTally tally = Write(test, new WriteBody()
            .Series("ahead", (NowMs + Hour, 1), (NowMs + (2 * Hour), 2))
            .Series("behind", (NowMs - (2 * Hour), 1))
            .Series("both", (NowMs - (2 * Hour), 1), (NowMs + Hour, 1)));

        Assert.Equal(3, tally.Discarded(DiscardReason.TooFarInFuture));
        Assert.Equal(2, tally.Discarded(DiscardReason.OutOfBounds));
        Assert.Equal(2, test.Database.Stats().TooOldSamples);
        using Appender appender = test.Database.NewAppender();
        foreach (string name in (ReadOnlySpan<string>)["ahead", "behind", "both"])
        {
            Assert.False(appender.TryGetSeries(Labels.FromStrings("__name__", name), out _), name);
        }
    }

    [Fact]
    public void The_samples_of_a_new_series_that_are_in_bounds_are_taken()
    {
        using TestDatabase test = new(options: TestDatabase.Options with { OldestAcceptedAge = TimeSpan.FromHours(1) });
        test.Append(Labels.FromStrings("__name__", "up"), NowMs, 1);
        WriteTally tally = Write(
            test, new WriteBody().Series("late", (NowMs - (2 * Hour), 1), (NowMs - 1000, 2), (NowMs, 3), (NowMs + Hour, 4)));

        Assert.Equal(2, tally.Samples);
        Assert.Equal(1, tally.Discarded(DiscardReason.OutOfBounds));
        Assert.Equal(1, tally.Discarded(DiscardReason.TooFarInFuture));
        Assert.Contains($"late {NowMs - 1000}=4000000000000000 {NowMs}=4008000000000000", test.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_is_bounded_help_is_cut_between_characters_and_long_names_are_refused()
    {
        using TestDatabase test = new();
        WriteTally tally = Write(test, new WriteBody()
            .Metadata("long_help", MetricType.Gauge, new string('x', 1023) + "é and more", "")
            .Metadata("whole_help", MetricType.Gauge, new string('x', 1022) + "é", "")
            .Metadata(new string('n', 1025), MetricType.Gauge, "", "")
            .Metadata("long_unit", MetricType.Gauge, "", new string('u', 1025)));

        Assert.Equal(2, tally.Metadata);
        Assert.Equal(2, tally.MetadataRefused);
        using DatabaseQuerier querier = test.Database.NewQuerier();
        Assert.Equal(new string('x', 1023), Assert.Single(querier.Metadata("long_help")).Help);
        Assert.Equal(new string('x', 1022) + "é", Assert.Single(querier.Metadata("whole_help")).Help);
        Assert.Equal(2, querier.Metadata().Count);
    }

    private static WriteTally Write(TestDatabase test, WriteBody body)
    {
        using Appender appender = test.Database.NewAppender();
        BatchWriter writer = new(appender, new IngestLimits(), "tenant", NowMs);
        Assert.True(MessageV1.TryWrite(body.Message(), writer, out _));
        writer.Commit();
        return writer.Tally;
    }
}
