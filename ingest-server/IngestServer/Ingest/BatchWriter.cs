using System.Text;
using AmpEdge.IngestServer.Config;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// Puts one decoded message, of either version of remote write, into an appender: good samples in, bad ones counted with
/// their reason. The caller commits, or rolls back when the message proves malformed half-way.
/// </summary>
internal sealed class BatchWriter(Appender appender, IngestLimits limits, string tenant, long nowMs)
{
    /// <summary>
    /// Bytes of a family's name, help or unit, AMP's bound. Longer help is cut, since it is for people; names are not.
    /// </summary>
    private const int MaxMetadataBytes = 1024;

    private readonly Appender _appender = appender;
    private readonly IngestLimits _limits = limits;
    private readonly string _tenant = tenant;
    private readonly long _latestMs = nowMs + (long)limits.CreationGracePeriod.TotalMilliseconds;
    private SeriesValidator? _validator;
    private HistogramCheck? _histograms;

    public WriteTally Tally { get; } = new();

    /// <summary>
    /// Makes what was written visible and durable. A sample that was taken may still be refused here: another request may
    /// have been faster with the same series, or the series has another value at the time of an out-of-order sample.
    /// </summary>
    /// <exception cref="IOException">The disk refused it: nothing is stored.</exception>
    public void Commit()
    {
        CommitResult result = _appender.Commit();
        Tally.Samples += result.Appended;
        Tally.Repeated += result.Duplicates;
        Tally.WrittenHistograms -= result.RefusedHistograms;
        Tally.WrittenSamples -= result.Refused - result.RefusedHistograms;
        if (result.Refused > 0)
        {
            DiscardReason reason = ReasonOf(result.FirstRefusal);
            Tally.Discard(reason, result.Refused, WriteTexts.RefusedByStore(
                _tenant, reason, result.FirstRefusedTimestampMs, _appender.LabelsOf(result.FirstRefusedSeries)));
        }
    }

    /// <summary>
    /// Looks a series up. False when the store does not have it and may not: that is counted, its samples are not to be
    /// written.
    /// </summary>
    /// <param name="series">The series.</param>
    /// <param name="samples">How many samples of both types would be lost.</param>
    public bool TryBegin(ref CurrentSeries series, int samples)
    {
        series.IsKnown = _appender.TryGetSeries(series.RawLabels, out series.Reference);
        if (series.IsKnown)
        {
            return true;
        }

        DiscardReason reason = Read(series.RawLabels).Validate(_limits, out series.NewLabels, out string text);
        if (reason != DiscardReason.None)
        {
            Tally.Discard(reason, samples, text);
        }

        return reason == DiscardReason.None;
    }

    public void WriteSample(ref CurrentSeries series, long timestampMs, double value)
    {
        AppendOutcome outcome = Prepare(ref series, timestampMs);
        outcome = outcome == AppendOutcome.Appended ? _appender.Append(series.Reference, timestampMs, value) : outcome;
        Tally.WrittenSamples += Count(outcome, in series, timestampMs) ? 1 : 0;
    }

    /// <summary>Writes a native histogram; false when the bytes are none.</summary>
    public bool TryWriteHistogram(ref CurrentSeries series, ReadOnlySpan<byte> message)
    {
        if (!HistogramMessage.TryParse(message, out HistogramMessage parsed))
        {
            return false;
        }

        if (!_limits.NativeHistograms)
        {
            Discard(DiscardReason.NativeHistogram, 1, in series, parsed.TimestampMs);
            return true;
        }

        _histograms ??= new HistogramCheck(_limits.MaxNativeHistogramBuckets);
        if (_histograms.Read(parsed) is { } problem)
        {
            DiscardReason reason = problem.Reason;
            Tally.Discard(reason, 1, Tally.NeedsText(reason)
                ? WriteTexts.BadHistogram(_tenant, problem.Text, parsed.TimestampMs, LabelsOf(in series))
                : "");
            return true;
        }

        AppendOutcome outcome = Prepare(ref series, parsed.TimestampMs);
        outcome = outcome == AppendOutcome.Appended
            ? _appender.Append(series.Reference, parsed.TimestampMs, _histograms.Histogram)
            : outcome;
        Tally.WrittenHistograms += Count(outcome, in series, parsed.TimestampMs) ? 1 : 0;
        return true;
    }

    /// <summary>
    /// Writes an exemplar. One that is not taken fails nothing, as in Prometheus: it is counted, and senders are not told.
    /// </summary>
    public void WriteExemplar(in CurrentSeries series, long timestampMs, double value, Labels labels)
    {
        if (!series.IsKnown || CharactersOf(labels) > WriteTally.MaxExemplarCharacters)
        {
            Tally.ExemplarsIgnored++;
            return;
        }

        AppendOutcome outcome = _appender.AppendExemplar(series.Reference, timestampMs, value, labels);
        Tally.ExemplarsIgnored += outcome == AppendOutcome.OutOfOrder ? 1 : 0;
        Tally.WrittenExemplars += outcome == AppendOutcome.OutOfOrder ? 0 : 1;
    }

    public void WriteMetadata(ReadOnlySpan<byte> family, uint type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        if (family.IsEmpty)
        {
            return;
        }

        if (family.Length > MaxMetadataBytes || unit.Length > MaxMetadataBytes)
        {
            Tally.MetadataRefused++;
            return;
        }

        _appender.AppendMetadata(new MetricMetadata(
            Encoding.UTF8.GetString(family),
            type <= (uint)MetricType.Stateset ? (MetricType)type : MetricType.Unknown,
            Encoding.UTF8.GetString(CutHelp(help)),
            Encoding.UTF8.GetString(unit)));
        Tally.Metadata++;
    }

    /// <summary>Characters of names and values, which the specification of exemplars bounds.</summary>
    private static int CharactersOf(Labels labels)
    {
        int characters = 0;
        foreach ((ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) in labels)
        {
            characters += Encoding.UTF8.GetCharCount(name) + Encoding.UTF8.GetCharCount(value);
        }

        return characters;
    }

    /// <summary>
    /// Judges a sample's time and makes its series when it is new: for a sample that is neither too new nor too old, else
    /// a sender whose clock is wrong would fill the store with empty ones.
    /// </summary>
    private AppendOutcome Prepare(ref CurrentSeries series, long timestampMs)
    {
        AppendOutcome outcome =
            timestampMs > _latestMs ? AppendOutcome.TooFarInFuture : _appender.CheckTime(timestampMs);
        if (outcome == AppendOutcome.Appended && !series.IsKnown)
        {
            outcome = _appender.TryGetOrCreateSeries(
                series.RawLabels, series.NewLabels, _limits.MaxSeries, out series.Reference);
            series.IsKnown = outcome == AppendOutcome.Appended;
        }

        return outcome;
    }

    /// <summary>True when the sample is stored, or was before.</summary>
    private bool Count(AppendOutcome outcome, in CurrentSeries series, long timestampMs)
    {
        switch (outcome)
        {
            case AppendOutcome.Appended:
                return true;
            case AppendOutcome.DuplicateSample:
                Tally.Repeated++;
                return true;
            case var refusal:
                Discard(ReasonOf(refusal), 1, in series, timestampMs);
                return false;
        }
    }

    private DiscardReason ReasonOf(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.DuplicateTimestamp => DiscardReason.NewValueForTimestamp,
        AppendOutcome.TooOld => _appender.TakesOutOfOrder ? DiscardReason.TooOld : DiscardReason.OutOfBounds,
        AppendOutcome.TooFarInFuture => DiscardReason.TooFarInFuture,
        AppendOutcome.TooManySeries => DiscardReason.PerUserSeriesLimit,
        AppendOutcome.HeadFull => DiscardReason.StoreFull,
        _ => DiscardReason.OutOfOrder,
    };

    /// <summary>At most so many bytes, and no half character at the end.</summary>
    private static ReadOnlySpan<byte> CutHelp(ReadOnlySpan<byte> help)
    {
        int length = Math.Min(help.Length, MaxMetadataBytes);
        while (length > 0 && length < help.Length && (help[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return help[..length];
    }

    /// <summary>Only the first refusal of a request is told, so only that one costs a text.</summary>
    private void Discard(DiscardReason reason, long samples, in CurrentSeries series, long timestampMs)
    {
        if (!Tally.NeedsText(reason))
        {
            Tally.Discard(reason, samples);
            return;
        }

        Labels labels = LabelsOf(in series);
        Tally.Discard(reason, samples, reason switch
        {
            DiscardReason.TooFarInFuture =>
                WriteTexts.TooFarInFuture(timestampMs, labels.Get(LabelNames.MetricNameUtf8)),
            DiscardReason.NativeHistogram => WriteTexts.NativeHistogram(_tenant, labels),
            DiscardReason.PerUserSeriesLimit => WriteTexts.TooManySeries(_tenant, _limits.MaxSeries),
            DiscardReason.StoreFull => WriteTexts.StoreFull(_tenant),
            _ => WriteTexts.RefusedByStore(_tenant, reason, timestampMs, labels),
        });
    }

    private Labels LabelsOf(in CurrentSeries series)
    {
        Read(series.RawLabels).Validate(_limits, out Labels labels, out _);
        return labels;
    }

    private SeriesValidator Read(ReadOnlySpan<byte> rawLabels)
    {
        _validator ??= new SeriesValidator();
        _validator.Reset();
        foreach (LabelPairsV1 label in LabelPairsV1.Of(rawLabels))
        {
            _validator.Add(label.Name, label.Value);
        }

        return _validator;
    }
}
