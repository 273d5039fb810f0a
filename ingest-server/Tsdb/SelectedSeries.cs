using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// A forward-only walk over the series that a selection found, in the order in which they were made, each once. Only
/// series with a chunk that overlaps the time range appear. Valid until its querier is disposed; one thread at a time.
/// </summary>
public sealed class SelectedSeries
{
    private readonly Head _head;
    private readonly uint[] _ids;
    private readonly long _sequence;
    private readonly long _minTimeMs;
    private readonly long _maxTimeMs;
    private readonly CancellationToken _cancel;
    private int _next;
    private uint _series;
    private SeriesView _view;
    private Labels? _labels;

    internal SelectedSeries(Head head, uint[] ids, long sequence, long minTimeMs, long maxTimeMs, CancellationToken cancel)
    {
        _cancel = cancel;
        _head = head;
        _ids = ids;
        _sequence = sequence;
        _minTimeMs = minTimeMs;
        _maxTimeMs = maxTimeMs;
    }

    /// <summary>The labels of the current series; made at the first call.</summary>
    public Labels Labels => _labels ??= _head.LabelsOf(_series);

    /// <summary>Goes to the next series; false at the end.</summary>
    /// <exception cref="OperationCanceledException">The view's token was cancelled.</exception>
    public bool MoveNext()
    {
        while (_next < _ids.Length)
        {
            _cancel.ThrowIfCancellationRequested();
            _series = _head.Index.Ids[_ids[_next++]];
            if (_series == 0)
            {
                continue;
            }

            _view = SeriesView.Capture(ref _head.Series[_series], _series, _sequence, _head.Versions);
            if (Overlaps())
            {
                _labels = null;
                return true;
            }
        }

        return false;
    }

    /// <summary>Hands over the samples between the times of the selection, both inclusive, rising in time.</summary>
    public void Decode<TSink>(ref TSink sink)
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

    private bool Overlaps()
    {
        if (_view.FirstChunk == 0 && _view.OpenBlock.IsNone)
        {
            return false;
        }

        long firstMs = _view.FirstChunk != 0 ? _head.Chunks.Closed(_view.FirstChunk).MinTimeMs : _view.OpenMinTimeMs;
        return firstMs <= _maxTimeMs && _view.MaxTimeMs >= _minTimeMs && (_view.Hidden == 0 || VisibleSamples() > 0);
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
