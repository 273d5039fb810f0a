using System.Text;
using AmpEdge.IngestServer.Config;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// Puts one decoded remote write 1.0 message into an appender: good samples in, bad ones counted with their reason.
/// The caller commits, or rolls back when the message proves malformed half-way.
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

    public WriteTally Tally { get; } = new();

    /// <summary>False when the message is no WriteRequest; <paramref name="errorOffset"/> says where it stops being one.</summary>
    public bool TryWrite(ReadOnlySpan<byte> message, out int errorOffset)
    {
        WriteRequestV1Reader reader = new(message);
        while (true)
        {
            switch (reader.Next())
            {
                case WriteRequestItem.TimeSeries:
                    WriteSeries(reader.TimeSeries);
                    break;
                case WriteRequestItem.Metadata:
                    WriteMetadata(reader.Metadata);
                    break;
                case WriteRequestItem.End:
                    errorOffset = 0;
                    return true;
                default:
                    errorOffset = reader.ErrorOffset;
                    return false;
            }
        }
    }

    /// <summary>
    /// Makes what was written visible and durable. Another request may have been faster with the same series, so a
    /// sample that was taken may still be refused here.
    /// </summary>
    /// <exception cref="IOException">The disk refused it: nothing is stored.</exception>
    public void Commit()
    {
        CommitResult result = _appender.Commit();
        Tally.Samples += result.Appended;
        Tally.Repeated += result.Duplicates;
        if (result.Refused > 0)
        {
            DiscardReason reason = ReasonOf(result.FirstRefusal);
            Tally.Discard(reason, result.Refused, WriteTexts.RefusedByStore(
                _tenant, reason, result.FirstRefusedTimestampMs, _appender.LabelsOf(result.FirstRefusedSeries)));
        }
    }

    private void WriteSeries(TimeSeriesV1 series)
    {
        Tally.ExemplarsIgnored += series.ExemplarCount;
        if (series.HistogramCount > 0)
        {
            Discard(DiscardReason.NativeHistogram, series.HistogramCount, series, 0);
        }

        if (series.SampleCount == 0)
        {
            return;
        }

        Labels newLabels = Labels.Empty;
        bool isKnown = _appender.TryGetSeries(series.RawLabels, out SeriesRef reference);
        if (!isKnown && !TryValidate(series, out newLabels))
        {
            return;
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            AppendOutcome outcome = CheckTime(sample.TimestampMs);
            if (outcome == AppendOutcome.Appended)
            {
                // A series is made for a sample that is neither too new nor too old: else a sender whose clock is wrong
                // would fill the store with empty ones.
                outcome = isKnown
                    ? outcome
                    : _appender.TryGetOrCreateSeries(series.RawLabels, newLabels, _limits.MaxSeries, out reference);
                isKnown |= outcome == AppendOutcome.Appended;
                outcome = isKnown ? _appender.Append(reference, sample.TimestampMs, sample.Value) : outcome;
            }

            Count(outcome, series, sample.TimestampMs);
        }
    }

    private AppendOutcome CheckTime(long timestampMs) =>
        timestampMs > _latestMs ? AppendOutcome.TooFarInFuture : _appender.CheckTime(timestampMs);

    private void Count(AppendOutcome outcome, TimeSeriesV1 series, long timestampMs)
    {
        switch (outcome)
        {
            case AppendOutcome.Appended:
                break;
            case AppendOutcome.DuplicateSample:
                Tally.Repeated++;
                break;
            case var refusal:
                Discard(ReasonOf(refusal), 1, series, timestampMs);
                break;
        }
    }

    private static DiscardReason ReasonOf(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.DuplicateTimestamp => DiscardReason.NewValueForTimestamp,
        AppendOutcome.TooOld => DiscardReason.OutOfBounds,
        AppendOutcome.TooFarInFuture => DiscardReason.TooFarInFuture,
        AppendOutcome.TooManySeries => DiscardReason.PerUserSeriesLimit,
        AppendOutcome.HeadFull => DiscardReason.StoreFull,
        _ => DiscardReason.OutOfOrder,
    };

    private bool TryValidate(TimeSeriesV1 series, out Labels labels)
    {
        DiscardReason reason = Read(series).Validate(_limits, out labels, out string text);
        if (reason != DiscardReason.None)
        {
            Tally.Discard(reason, series.SampleCount, text);
        }

        return reason == DiscardReason.None;
    }

    private void WriteMetadata(MetricMetadataV1 metadata)
    {
        if (metadata.Family.IsEmpty)
        {
            return;
        }

        if (metadata.Family.Length > MaxMetadataBytes || metadata.Unit.Length > MaxMetadataBytes)
        {
            Tally.MetadataRefused++;
            return;
        }

        _appender.AppendMetadata(new MetricMetadata(
            Encoding.UTF8.GetString(metadata.Family),
            metadata.Type <= (uint)MetricType.Stateset ? (MetricType)metadata.Type : MetricType.Unknown,
            Encoding.UTF8.GetString(CutHelp(metadata.Help)),
            Encoding.UTF8.GetString(metadata.Unit)));
        Tally.Metadata++;
    }

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
    private void Discard(DiscardReason reason, long samples, TimeSeriesV1 series, long timestampMs)
    {
        if (!Tally.NeedsText(reason))
        {
            Tally.Discard(reason, samples);
            return;
        }

        Read(series).Validate(_limits, out Labels labels, out _);
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

    private SeriesValidator Read(TimeSeriesV1 series)
    {
        _validator ??= new SeriesValidator();
        _validator.Reset();
        foreach (LabelPairsV1 label in series.Labels)
        {
            _validator.Add(label.Name, label.Value);
        }

        return _validator;
    }
}
