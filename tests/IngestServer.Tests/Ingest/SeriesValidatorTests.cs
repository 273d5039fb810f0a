using System.Text;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

public sealed class SeriesValidatorTests
{
    private static readonly IngestLimits s_limits = new() { MaxLabelNamesPerSeries = 3, MaxLabelBytes = 12 };

    [Fact]
    public void Unsorted_labels_are_sorted_and_empty_values_left_out()
    {
        Assert.Equal(DiscardReason.None, Validate(s_limits, out Labels labels, out _, "z", "1", "a", "", "__name__", "up"));
        Assert.Equal(Labels.FromStrings("__name__", "up", "z", "1"), labels);
    }

    [Fact]
    public void A_series_without_a_name_is_refused()
    {
        Assert.Equal(DiscardReason.MissingMetricName, Validate(s_limits, out _, out string text, "a", "b"));
        Assert.Equal("sample missing metric name", text);
    }

    [Fact]
    public void A_repeated_label_is_refused_and_named()
    {
        Assert.Equal(
            DiscardReason.DuplicateLabelNames, Validate(s_limits, out _, out string text, "__name__", "up", "a", "1", "a", "2"));
        Assert.Equal("duplicate label name: \"a\" metric \"up\"", text);
    }

    [Fact]
    public void Too_many_labels_are_refused_with_the_count_and_the_limit()
    {
        Assert.Equal(
            DiscardReason.TooManyLabels,
            Validate(s_limits, out _, out string text, "__name__", "up", "a", "1", "b", "2", "c", "3"));
        Assert.Equal(
            "series has too many labels (actual: 4, limit: 3) series: 'up{a=\"1\", b=\"2\", c=\"3\"}'", text);
    }

    [Fact]
    public void A_long_name_and_a_long_value_are_refused_with_their_sizes()
    {
        Assert.Equal(
            DiscardReason.LabelNameTooLong, Validate(s_limits, out _, out string text, "__name__", "up", "abcdefghijklm", "1"));
        Assert.Equal("label name too long for metric (actual: 13, limit: 12) metric: \"up\" label name: \"abcdefghijklm\"", text);
        Assert.Equal(
            DiscardReason.LabelValueTooLong, Validate(s_limits, out _, out text, "__name__", "up", "a", "123456789012"));
        Assert.Equal("label value too long for metric (actual: 13, limit: 12) metric: \"up\" label value: \"123456789012\"", text);
    }

    [Fact]
    public void Names_are_any_utf8_unless_the_workspace_wants_legacy_names()
    {
        IngestLimits limits = new();
        Assert.Equal(DiscardReason.None, Validate(limits, out _, out _, "__name__", "my.metric", "dotted.label", "x"));
        Assert.Equal(
            DiscardReason.InvalidMetricName,
            Validate(limits with { Utf8Names = false }, out _, out string text, "__name__", "my.metric"));
        Assert.Equal("sample invalid metric name: \"my.metric\"", text);
        Assert.Equal(
            DiscardReason.InvalidLabel,
            Validate(limits with { Utf8Names = false }, out _, out text, "__name__", "up", "dotted.label", "x"));
        Assert.Equal("sample invalid label: \"dotted.label\" metric \"up\"", text);
    }

    [Fact]
    public void A_value_that_is_not_utf8_and_an_empty_name_are_refused()
    {
        SeriesValidator validator = new();
        validator.Add("__name__"u8, "up"u8);
        validator.Add("a"u8, [0xFF, 0xFE]);
        Assert.Equal(DiscardReason.InvalidLabel, validator.Validate(new IngestLimits(), out _, out _));
        validator.Reset();
        validator.Add("__name__"u8, "up"u8);
        validator.Add(""u8, "x"u8);
        Assert.Equal(DiscardReason.InvalidLabel, validator.Validate(new IngestLimits(), out _, out _));
    }

    [Fact]
    public void Every_reason_has_a_name_of_its_own()
    {
        HashSet<string> names = [];
        for (int reason = 1; reason < DiscardReasons.Count; reason++)
        {
            Assert.True(names.Add(DiscardReasons.Name((DiscardReason)reason)));
        }
    }

    private static DiscardReason Validate(IngestLimits limits, out Labels labels, out string text, params string[] pairs)
    {
        SeriesValidator validator = new();
        for (int index = 0; index < pairs.Length; index += 2)
        {
            validator.Add(Encoding.UTF8.GetBytes(pairs[index]), Encoding.UTF8.GetBytes(pairs[index + 1]));
        }

        return validator.Validate(limits, out labels, out text);
    }
}
