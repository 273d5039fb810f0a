using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The series of the head that a selection found and that have a chunk which overlaps the time range: walked in the order
/// in which they were made, each once, or asked for by their labels. Valid until its querier is disposed; one thread.
/// </summary>
internal sealed class HeadSelection : ISelectedPart
{
    private readonly Head _head;
    private readonly uint[] _ids;
    private readonly long _sequence;
    private readonly CancellationToken _cancel;
    private readonly Tombstones _tombstones;
    private int _next;
    private uint _series;
    private SeriesView _view;
    private Labels? _labels;
    private SeriesDecoder? _decoder;

    private uint _id;

    /// <summary>A bit for each of the ids that <see cref="TryGoTo"/> was at: the walk leaves those out.</summary>
    private ulong[]? _visited;

    public HeadSelection(Head head, uint[] ids, long sequence, long minTimeMs, long maxTimeMs, CancellationToken cancel)
    {
        _cancel = cancel;
        _tombstones = head.Tombstones;
        _head = head;
        _ids = ids;
        _sequence = sequence;
        MinTimeMs = minTimeMs;
        MaxTimeMs = maxTimeMs;
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _labels ??= _head.LabelsOf(_series);

    /// <summary>The same in the raw form in which the head keeps them, without making anything.</summary>
    public ReadOnlySpan<byte> RawLabels => _head.Keys.Get(_head.Series[_series].Key);

    /// <summary>The first time of interest, ms.</summary>
    public long MinTimeMs { get; }

    /// <summary>The last one, inclusive.</summary>
    public long MaxTimeMs { get; }

    /// <summary>The id of the current series.</summary>
    public uint Id => _id;

    /// <summary>The current series as the query sees it, at any time.</summary>
    public SeriesView View => _view;

    /// <summary>The first time that the current series may have a sample at, ms.</summary>
    public long FirstTimeMs => _view.HasLate ? Math.Min(FirstInOrderMs, _view.Side.LateMinTimeMs) : FirstInOrderMs;

    /// <summary>The last one.</summary>
    public long LastTimeMs => _view.HasLate ? Math.Max(_view.MaxTimeMs, _view.Side.LateMaxTimeMs) : _view.MaxTimeMs;

    /// <summary>
    /// Goes to the series with these labels, in canonical raw form; false when it is not in the selection. Such a series is
    /// left out of the walk.
    /// </summary>
    public bool TryGoTo(ReadOnlySpan<byte> canonicalLabels)
    {
        uint key = _ids.Length == 0 ? 0 : _head.Keys.Find(canonicalLabels);
        if (key == 0)
        {
            return false;
        }

        uint series = _head.Keys.SeriesOf(key);
        int place = Array.BinarySearch(_ids, _head.Series[series].Id);
        if (place < 0)
        {
            // The series that has these labels now was made after the snapshot.
            return false;
        }

        _visited ??= new ulong[(_ids.Length + 63) / 64];
        _visited[place / 64] |= 1UL << (place % 64);
        return TryCapture(series);
    }

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The view's token was cancelled.</exception>
    public bool MoveNext()
    {
        while (_next < _ids.Length)
        {
            _cancel.ThrowIfCancellationRequested();
            int place = _next++;
            uint series = WasVisited(place) ? 0 : _head.Index.Ids[_ids[place]];
            if (series != 0 && TryCapture(series))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryRead(uint id) => _head.Index.Ids[id] is var series and not 0 && TryCapture(series);

    public void CountNames(LabelCensus names) => names.AddNames(new RawLabelsEnumerator(RawLabels));

    public void CountValue(ReadOnlySpan<byte> name, LabelCensus values) =>
        values.AddValue(new RawLabelsEnumerator(RawLabels), name);

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink =>
        Decoder.Decode(in _view, DeletedOf(_id), ref sink);

    /// <summary>For what <see cref="View"/> shows, at any time; one thread.</summary>
    public SeriesDecoder NewDecoder() => new(_head.Chunks, MinTimeMs, MaxTimeMs);

    /// <summary>The deleted times of a series, at any time.</summary>
    public ReadOnlySpan<TimeInterval> DeletedOf(uint id) => _tombstones.Of(id);

    /// <summary>
    /// Writes the samples between the times of the selection into a block: closed chunks as they are, the rest encoded anew.
    /// </summary>
    public void CopyTo(ChunkRewriter target)
    {
        RewriteSink sink = new(target);
        if (DeletedOf(_id).IsEmpty && !_view.HasLate && _view.Hidden == 0)
        {
            Decoder.CopyTo(in _view, target, ref sink);
        }
        else
        {
            Decode(ref sink);
        }
    }

    private SeriesDecoder Decoder => _decoder ??= NewDecoder();

    private long FirstInOrderMs =>
        _view.FirstChunk != 0 ? _head.Chunks.Closed(_view.FirstChunk).MinTimeMs
        : _view.OpenBlock.IsNone ? long.MaxValue
        : _view.OpenMinTimeMs;

    private bool WasVisited(int place) => _visited is not null && (_visited[place / 64] & (1UL << (place % 64))) != 0;

    private bool TryCapture(uint series)
    {
        _series = series;
        _id = _head.Series[series].Id;
        _labels = null;
        _view = SeriesView.Capture(ref _head.Series[series], series, _sequence, _head.Versions, _head.Chunks);
        return Overlaps() && !IsDeleted();
    }

    /// <summary>Whether nothing of the series is left between the times of the selection.</summary>
    private bool IsDeleted()
    {
        foreach (TimeInterval deleted in DeletedOf(_id))
        {
            if (deleted.Covers(Math.Max(FirstTimeMs, MinTimeMs), Math.Min(LastTimeMs, MaxTimeMs)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Overlaps() => OverlapsInOrder() || OverlapsLate();

    private bool OverlapsInOrder() =>
        !(_view.FirstChunk == 0 && _view.OpenBlock.IsNone)
        && FirstInOrderMs <= MaxTimeMs
        && _view.MaxTimeMs >= MinTimeMs
        && (_view.Hidden == 0 || SeriesDecoder.VisibleSamples(in _view, _head.Chunks) > 0);

    private bool OverlapsLate() =>
        _view.HasLate
        && _view.Side.LateMinTimeMs <= MaxTimeMs
        && _view.Side.LateMaxTimeMs >= MinTimeMs
        && LateSamples.Any(in _view, _head.Chunks);
}
