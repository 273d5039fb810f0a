using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The series of the head that a selection found and that have a chunk which overlaps the time range: walked in the order
/// in which they were made, each once, or asked for by their labels. Valid until its querier is disposed; one thread.
/// </summary>
internal sealed class HeadSelection
{
    private readonly Head _head;
    private readonly uint[] _ids;
    private readonly long _sequence;
    private readonly long _minTimeMs;
    private readonly long _maxTimeMs;
    private readonly CancellationToken _cancel;
    private readonly Tombstones _tombstones;
    private int _next;
    private uint _series;
    private SeriesView _view;
    private Labels? _labels;

    /// <summary>The id of the current series.</summary>
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
        _minTimeMs = minTimeMs;
        _maxTimeMs = maxTimeMs;
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _labels ??= _head.LabelsOf(_series);

    /// <summary>The first time that the current series may have a sample at, ms.</summary>
    public long FirstTimeMs =>
        _view.FirstChunk != 0 ? _head.Chunks.Closed(_view.FirstChunk).MinTimeMs : _view.OpenMinTimeMs;

    /// <summary>The last one.</summary>
    public long LastTimeMs => _view.MaxTimeMs;

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

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    public void Decode<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (_tombstones.Of(_id).IsEmpty)
        {
            DecodeAll(ref sink);
            return;
        }

        // Rare, so that the usual walk does not look at deletions for each sample.
        SampleColumns all = new();
        DecodeAll(ref all);
        ReadOnlySpan<TimeInterval> deleted = _tombstones.Of(_id);
        for (int place = 0; place < all.Count; place++)
        {
            while (!deleted.IsEmpty && deleted[0].MaxTimeMs < all.Timestamps[place])
            {
                deleted = deleted[1..];
            }

            if (deleted.IsEmpty || deleted[0].MinTimeMs > all.Timestamps[place])
            {
                all.CopyTo(place, ref sink);
            }
        }
    }

    /// <summary>
    /// Writes the samples between the times of the selection into a block: closed chunks as they are, the rest encoded anew.
    /// </summary>
    public void CopyTo(ChunkRewriter target)
    {
        RewriteSink sink = new(target);
        long left = VisibleSamples();
        if (!_tombstones.Of(_id).IsEmpty || left != long.MaxValue)
        {
            Decode(ref sink);
            return;
        }

        for (uint chunk = _view.FirstChunk; chunk != 0; chunk = chunk == _view.LastChunk ? 0 : _head.Chunks.Closed(chunk).Next)
        {
            ref readonly ClosedChunk closed = ref _head.Chunks.Closed(chunk);
            ReadOnlySpan<byte> bytes = _head.Chunks.ClosedBytes(in closed);
            if (closed.MinTimeMs >= _minTimeMs && closed.MaxTimeMs <= _maxTimeMs)
            {
                target.Copy(closed.MinTimeMs, closed.MaxTimeMs, ChunkEncoding.Xor, bytes);
            }
            else if (closed.MinTimeMs <= _maxTimeMs && closed.MaxTimeMs >= _minTimeMs)
            {
                Decode(new XorDecoder(bytes), ref sink);
            }
        }

        if (!_view.OpenBlock.IsNone && _view.OpenMinTimeMs <= _maxTimeMs)
        {
            Decode(new XorDecoder(_head.Chunks.OpenBytes(_view.OpenBlock, _view.OpenBytes), _view.OpenSamples), ref sink);
        }
    }

    private void DecodeAll<TSink>(ref TSink sink)
        where TSink : struct, ISampleSink
    {
        long left = VisibleSamples();
        for (uint chunk = _view.FirstChunk; chunk != 0 && left > 0;)
        {
            ref readonly ClosedChunk closed = ref _head.Chunks.Closed(chunk);
            if (closed.MinTimeMs > _maxTimeMs)
            {
                return;
            }

            if (closed.MaxTimeMs >= _minTimeMs)
            {
                Decode(new XorDecoder(_head.Chunks.ClosedBytes(in closed), (int)Math.Min(left, closed.Samples)), ref sink);
            }

            left -= closed.Samples;
            chunk = chunk == _view.LastChunk ? 0 : closed.Next;
        }

        if (left > 0 && !_view.OpenBlock.IsNone && _view.OpenMinTimeMs <= _maxTimeMs)
        {
            ReadOnlySpan<byte> bytes = _head.Chunks.OpenBytes(_view.OpenBlock, _view.OpenBytes);
            Decode(new XorDecoder(bytes, (int)Math.Min(left, _view.OpenSamples)), ref sink);
        }
    }

    private void Decode<TSink>(XorDecoder decoder, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        long minTimeMs = _minTimeMs;
        long maxTimeMs = _maxTimeMs;
        while (decoder.MoveNext() && decoder.TimestampMs <= maxTimeMs)
        {
            if (decoder.TimestampMs >= minTimeMs)
            {
                sink.Add(decoder.TimestampMs, decoder.Value);
            }
        }

        Invariant.Require(!decoder.Corrupt, "a chunk of the head cannot be decoded");
    }

    private bool WasVisited(int place) => _visited is not null && (_visited[place / 64] & (1UL << (place % 64))) != 0;

    private bool TryCapture(uint series)
    {
        _series = series;
        _id = _head.Series[series].Id;
        _labels = null;
        _view = SeriesView.Capture(ref _head.Series[series], series, _sequence, _head.Versions);
        return Overlaps() && !IsDeleted();
    }

    /// <summary>Whether nothing of the series is left between the times of the selection.</summary>
    private bool IsDeleted()
    {
        foreach (TimeInterval deleted in _tombstones.Of(_id))
        {
            if (deleted.Covers(Math.Max(FirstTimeMs, _minTimeMs), Math.Min(LastTimeMs, _maxTimeMs)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Overlaps()
    {
        if (_view.FirstChunk == 0 && _view.OpenBlock.IsNone)
        {
            return false;
        }

        return FirstTimeMs <= _maxTimeMs && _view.MaxTimeMs >= _minTimeMs && (_view.Hidden == 0 || VisibleSamples() > 0);
    }

    /// <summary>Samples in the chunks, without those of commits after the snapshot.</summary>
    private long VisibleSamples()
    {
        if (_view.Hidden == 0)
        {
            return long.MaxValue;
        }

        long held = _view.OpenBlock.IsNone ? 0 : _view.OpenSamples;
        for (uint chunk = _view.FirstChunk; chunk != 0;)
        {
            ref readonly ClosedChunk closed = ref _head.Chunks.Closed(chunk);
            held += closed.Samples;
            chunk = chunk == _view.LastChunk ? 0 : closed.Next;
        }

        return held - _view.Hidden;
    }
}
