using System.Diagnostics.CodeAnalysis;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Counts the samples of one query: those held at a time, against the limit, and those looked at in all.</summary>
/// <param name="maxSamples">The most that may be held at a time.</param>
/// <param name="options">What the query asks for itself.</param>
/// <param name="steps">The steps of the query.</param>
internal sealed class QueryBudget(long maxSamples, QueryOptions options, StepRange steps)
{
    /// <summary>
    /// A row is held as a whole column, so it counts as at least this part of its steps, however few of them have a value.
    /// Else many short series over many steps would take memory that no limit sees.
    /// </summary>
    private const int StepsPerSample = 4;

    /// <summary>What a node keeps besides rows counts as one sample for each of these: as much as a row's steps take.</summary>
    private const int BytesPerSample = StepsPerSample * sizeof(double);

    private const int HistogramBytes = 168;
    private const int FloatBytes = 16;

    private readonly long _maxProcessed = options.MaxSamplesProcessed ?? long.MaxValue;

    /// <summary>Samples looked at by step; null when nobody asks.</summary>
    private readonly long[]? _perStep = options.CountSamplesPerStep && steps.LongCount < Array.MaxLength ? new long[steps.Count] : null;

    private long _held;

    /// <summary>The most samples held at one time.</summary>
    public long Peak { get; private set; }

    /// <summary>Samples looked at, once per step that looked.</summary>
    public long TotalSamples { get; private set; }

    /// <summary>How many samples are held now: to be given to <see cref="ReturnTo"/> when they are used up.</summary>
    public long Held => _held;

    /// <summary>Whether a column of so many steps fits at all.</summary>
    public bool Allows(long stepCount) => stepCount / StepsPerSample <= maxSamples && stepCount < Array.MaxLength;

    /// <summary>Counts a row of a vector.</summary>
    /// <param name="present">How many of its steps have a value.</param>
    /// <param name="stepCount">How many steps there are.</param>
    public void HoldRow(long present, int stepCount) => Hold(Math.Max(present, stepCount / StepsPerSample));

    /// <summary>Counts the rows of a matrix.</summary>
    public void HoldRows(SeriesMatrix matrix)
    {
        for (int row = 0; row < matrix.Count; row++)
        {
            HoldRow(Missing.CountPresent(matrix.Values(row)), matrix.StepCount);
            if (matrix.Histograms(row) is { } histograms)
            {
                Hold(SizeOf(histograms));
            }
        }
    }

    /// <summary>
    /// How many samples a native histogram counts as: its memory in Prometheus over that of a float with its time.
    /// </summary>
    public static int SizeOf(FloatHistogram histogram)
    {
        int parts = histogram.PositiveSpans.Length + histogram.NegativeSpans.Length + histogram.CustomValues.Length
            + histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length;
        return (HistogramBytes + (parts * sizeof(double)) + sizeof(long)) / FloatBytes;
    }

    /// <summary>The sum over a column, where null counts nothing.</summary>
    public static long SizeOf(ReadOnlySpan<FloatHistogram?> histograms)
    {
        long size = 0;
        foreach (FloatHistogram? histogram in histograms)
        {
            size += histogram is null ? 0 : SizeOf(histogram);
        }

        return size;
    }

    public void Hold(long samples)
    {
        _held += samples;
        Peak = Math.Max(Peak, _held);
        if (_held > maxSamples)
        {
            ThrowTooMany();
        }
    }

    /// <summary>Counts memory that a node keeps besides the rows that it reads, such as a column for each group.</summary>
    public void HoldBytes(long bytes) => Hold(bytes / BytesPerSample);

    /// <summary>Counts what a node needs only while it works on one series.</summary>
    public void HoldForAMoment(long samples)
    {
        Hold(samples);
        _held -= samples;
    }

    /// <summary>A node's inputs are used up: what is held is again what was held before them.</summary>
    public void ReturnTo(long held) => _held = held;

    public void Look(long samples)
    {
        TotalSamples += samples;
        if (TotalSamples > _maxProcessed)
        {
            ThrowTooManyProcessed();
        }
    }

    /// <summary>
    /// Where to count, beside <see cref="Look"/>, what each step looks at; null when nobody asks or when the steps are those of
    /// a subquery, whose samples count for the last step of the query, as in Prometheus.
    /// </summary>
    public Span<long> StepCounts(in StepRange own) => own == steps ? _perStep : default;

    /// <summary>Counts what each step has as a value.</summary>
    public void LookAtSteps(in StepRange own, ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms)
    {
        Span<long> counts = StepCounts(own);
        for (int step = 0; step < counts.Length; step++)
        {
            counts[step] += !Missing.IsMissing(values[step]) ? 1
                : histograms.IsEmpty || histograms[step] is not { } histogram ? 0
                : SizeOf(histogram);
        }
    }

    /// <summary>Samples by the time of their step, all of <see cref="TotalSamples"/>; null when they were not counted.</summary>
    public KeyValuePair<long, long>[]? SamplesPerStep()
    {
        if (_perStep is not { Length: > 0 } counts)
        {
            return null;
        }

        long elsewhere = TotalSamples;
        KeyValuePair<long, long>[] samples = new KeyValuePair<long, long>[counts.Length];
        for (int step = 0; step < counts.Length; step++)
        {
            elsewhere -= counts[step];
            samples[step] = new(steps.At(step), counts[step] + (step == counts.Length - 1 ? elsewhere : 0));
        }

        return samples;
    }

    [DoesNotReturn]
    public static void ThrowTooMany() => throw new QueryException(
        QueryErrorKind.Execution,
        "query processing would load too many samples into memory in query execution");

    [DoesNotReturn]
    private void ThrowTooManyProcessed() => throw new QueryException(
        QueryErrorKind.Execution,
        $"the query processed more samples than its error threshold allows (processed: {TotalSamples}, threshold: {_maxProcessed})");
}
