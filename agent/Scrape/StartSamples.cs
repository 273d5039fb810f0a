using System.Runtime.InteropServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Begins series with a zero at the time at which they were created, where the page tells it (Prometheus's
/// <c>created-timestamp-zero-ingestion</c>): what was counted between the start of a process and the first scrape is then an increase like
/// any other, and so is what came after a restart between two scrapes.
/// </summary>
/// <remarks>
/// A zero is stored where its time lies after the last sample of the series and before the present one. Protobuf tells the time with the
/// metric; an OpenMetrics page does so in a line of its own behind the samples, so these wait for it.
/// </remarks>
internal sealed class StartSamples(SeriesStates series, ScrapeTimes times)
{
    private readonly CreatedGroups _groups = new();
    private readonly List<WaitingStart> _waiting = [];
    private readonly Histogram _zero = new();
    private SampleBatch _starts = new();
    private long _lastMs;
    private long _createdMs;
    private bool _isInLines;

    /// <summary>Begins a page. The batch gets the zeros.</summary>
    public void Begin(SampleBatch batch)
    {
        _starts = batch.Starts;
        _groups.Clear();
        _waiting.Clear();
        OfHistogramMs = 0;
    }

    /// <summary>When the histogram that is being put together of classic series was created; 0 where nothing says so.</summary>
    public long OfHistogramMs { get; private set; }

    /// <summary>Takes an entry that is no series.</summary>
    public void TakeMetadata<TParser>(ref readonly TParser parser, ExpositionEntry entry)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _groups.TakeMetadata(in parser, entry);
        _waiting.Clear();
    }

    /// <summary>Takes a line that says when the series before it were created; it is no series itself.</summary>
    public void TakeCreated<TParser>(ref readonly TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (_groups.TakeCreated(in parser))
        {
            OfHistogramMs = _groups.CreatedMs;
            foreach (ref readonly WaitingStart waiting in CollectionsMarshal.AsSpan(_waiting))
            {
                Add(waiting.Series, waiting.LastMs, waiting.SampleMs, _groups.CreatedMs);
            }
        }

        _waiting.Clear();
    }

    /// <summary>Moves on to a series.</summary>
    /// <param name="parser">Stands behind it.</param>
    /// <param name="isInLines">Whether lines of the page say when series were created.</param>
    public void Next<TParser>(ref readonly TParser parser, bool isInLines)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        _isInLines = isInLines;
        if (isInLines && !_groups.Follow(in parser))
        {
            _waiting.Clear();
        }

        _createdMs = isInLines ? _groups.CreatedMs : parser.StartTimestampMs;
    }

    /// <summary>The series became part of a histogram that is put together of classic ones.</summary>
    public void TookPart() => OfHistogramMs = _createdMs;

    /// <summary>Remembers how new a series' last sample is, before the present one is taken.</summary>
    public void Before(in CachedLine line, int scrape) =>
        _lastMs = line.Series < 0 ? long.MaxValue : times.LastSampleOf(series[line.Series].SeenIn, scrape);

    /// <summary>A sample of the series was stored.</summary>
    public void Took(in CachedLine line, long timestampMs)
    {
        if (_isInLines && _createdMs == 0)
        {
            _waiting.Add(new WaitingStart(line.Series, _lastMs, timestampMs));
        }
        else
        {
            Add(line.Series, _lastMs, timestampMs, _createdMs);
        }
    }

    /// <summary>A histogram was stored: its series begins with an empty one of the same form.</summary>
    public void Took(Histogram histogram, in CachedLine line, long timestampMs, long createdMs)
    {
        if (!IsStart(_lastMs, timestampMs, createdMs))
        {
            return;
        }

        _zero.Clear();
        _zero.CounterResetHint = CounterResetHint.Reset;
        _zero.IsFloat = histogram.IsFloat;
        _zero.Schema = histogram.Schema;
        _zero.ZeroThreshold = histogram.ZeroThreshold;
        foreach (double bound in histogram.CustomValues)
        {
            _zero.AddCustomValue(bound);
        }

        _starts.Add(series[line.Series].Ref, createdMs, _zero);
    }

    private static bool IsStart(long lastMs, long sampleMs, long createdMs) =>
        createdMs > 0 && createdMs > lastMs && createdMs < sampleMs;

    private void Add(int index, long lastMs, long sampleMs, long createdMs)
    {
        if (IsStart(lastMs, sampleMs, createdMs))
        {
            _starts.Add(series[index].Ref, createdMs, 0);
        }
    }

    /// <summary>A series whose sample was stored before the page said when it was created.</summary>
    /// <param name="Series">Its index among the target's.</param>
    /// <param name="LastMs">The time up to which it may have had samples before.</param>
    /// <param name="SampleMs">The time of the sample.</param>
    private readonly record struct WaitingStart(int Series, long LastMs, long SampleMs);
}
