using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Hands over the samples of one series after the other as a query sees them: its chunks in order, and what came out of
/// order put in between. Reused; one thread.
/// </summary>
/// <param name="chunks">The head's chunks.</param>
/// <param name="minTimeMs">The first time of interest.</param>
/// <param name="maxTimeMs">The last one, inclusive.</param>
internal sealed class SeriesDecoder(SeriesChunks chunks, long minTimeMs, long maxTimeMs)
{
    private readonly SeriesChunks _chunks = chunks;
    private readonly long _minTimeMs = minTimeMs;
    private readonly long _maxTimeMs = maxTimeMs;

    /// <summary>The out-of-order samples of the series; null before the first series that has some.</summary>
    private LateSamples? _late;

    /// <summary>The time of the next one of those; the greatest there is when none is left.</summary>
    private long _nextLateMs = long.MaxValue;

    /// <summary>The sample handed over last came out of order.</summary>
    private bool _lastWasLate;

    /// <summary>Histograms are handed over in this object.</summary>
    private Histogram? _histogram;

    /// <summary>Hands over the samples between the times, rising in time, without those that are deleted.</summary>
    public void Decode<TSink>(in SeriesView view, ReadOnlySpan<TimeInterval> deleted, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (deleted.IsEmpty)
        {
            Decode(in view, ref sink);
            return;
        }

        // Rare, so that the usual walk does not look at deletions for each sample.
        SampleColumns all = new();
        Decode(in view, ref all);
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

    private void Decode<TSink>(in SeriesView view, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        BeginLate(in view);
        DecodeInOrder(in view, ref sink);
        EmitLateBefore(long.MaxValue, ref sink);
    }

    /// <summary>
    /// Writes the samples of a series that has none out of order into a block: whole chunks of floats as they are, the rest
    /// through a sink that encodes it anew.
    /// </summary>
    public void CopyTo(in SeriesView view, ChunkRewriter target, ref RewriteSink sink)
    {
        BeginLate(in view);
        for (uint chunk = view.FirstChunk; chunk != 0; chunk = chunk == view.LastChunk ? 0 : _chunks.Closed(chunk).Next)
        {
            ref readonly ClosedChunk closed = ref _chunks.Closed(chunk);
            ReadOnlySpan<byte> bytes = _chunks.ClosedBytes(in closed);
            if (closed.Form == ChunkForm.Xor && closed.MinTimeMs >= _minTimeMs && closed.MaxTimeMs <= _maxTimeMs)
            {
                target.Copy(closed.MinTimeMs, closed.MaxTimeMs, ChunkEncoding.Xor, bytes);
            }
            else if (closed.MinTimeMs <= _maxTimeMs && closed.MaxTimeMs >= _minTimeMs)
            {
                Decode(bytes, closed.Form, closed.Samples, ref sink);
            }
        }

        if (!view.OpenBlock.IsNone && view.OpenMinTimeMs <= _maxTimeMs)
        {
            Decode(_chunks.OpenBytes(view.OpenBlock, view.OpenBytes), view.OpenForm, view.OpenSamples, ref sink);
        }
    }

    /// <summary>Samples in the chunks, without those of commits after the snapshot.</summary>
    public static long VisibleSamples(in SeriesView view, SeriesChunks chunks)
    {
        if (view.Hidden == 0)
        {
            return long.MaxValue;
        }

        long held = view.OpenBlock.IsNone ? 0 : view.OpenSamples;
        for (uint chunk = view.FirstChunk; chunk != 0;)
        {
            ref readonly ClosedChunk closed = ref chunks.Closed(chunk);
            held += closed.Samples;
            chunk = chunk == view.LastChunk ? 0 : closed.Next;
        }

        return held - view.Hidden;
    }

    private void BeginLate(in SeriesView view)
    {
        _lastWasLate = false;
        _nextLateMs = long.MaxValue;
        if (view.HasLate)
        {
            _late ??= new LateSamples();
            _late.Load(in view, _chunks, _minTimeMs, _maxTimeMs);
            _nextLateMs = _late.NextMs;
        }
    }

    private void DecodeInOrder<TSink>(in SeriesView view, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        long left = VisibleSamples(in view, _chunks);
        for (uint chunk = view.FirstChunk; chunk != 0 && left > 0;)
        {
            ref readonly ClosedChunk closed = ref _chunks.Closed(chunk);
            if (closed.MinTimeMs > _maxTimeMs)
            {
                return;
            }

            if (closed.MaxTimeMs >= _minTimeMs)
            {
                Decode(_chunks.ClosedBytes(in closed), closed.Form, (int)Math.Min(left, closed.Samples), ref sink);
            }

            left -= closed.Samples;
            chunk = chunk == view.LastChunk ? 0 : closed.Next;
        }

        if (left > 0 && !view.OpenBlock.IsNone && view.OpenMinTimeMs <= _maxTimeMs)
        {
            ReadOnlySpan<byte> bytes = _chunks.OpenBytes(view.OpenBlock, view.OpenBytes);
            Decode(bytes, view.OpenForm, (int)Math.Min(left, view.OpenSamples), ref sink);
        }
    }

    private void Decode<TSink>(ReadOnlySpan<byte> bytes, ChunkForm form, int samples, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (form == ChunkForm.Xor)
        {
            Decode(new XorDecoder(bytes, samples), ref sink);
        }
        else
        {
            Decode(new SampleLogReader(bytes, samples), ref sink);
        }
    }

    private void Decode<TSink>(XorDecoder decoder, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (TSink.TakesColumns && _nextLateMs == long.MaxValue)
        {
            _lastWasLate &= decoder.ReadAll(_minTimeMs, _maxTimeMs, ref sink) == 0;
            Invariant.Require(!decoder.Corrupt, "a chunk of the head cannot be decoded");
            return;
        }

        long minTimeMs = _minTimeMs;
        long maxTimeMs = _maxTimeMs;
        while (decoder.MoveNext() && decoder.TimestampMs <= maxTimeMs)
        {
            if (decoder.TimestampMs >= minTimeMs)
            {
                if (_nextLateMs <= decoder.TimestampMs)
                {
                    EmitLateBefore(decoder.TimestampMs, ref sink);
                }

                _lastWasLate = false;
                sink.Add(decoder.TimestampMs, decoder.Value);
            }
        }

        Invariant.Require(!decoder.Corrupt, "a chunk of the head cannot be decoded");
    }

    private void Decode<TSink>(SampleLogReader log, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        while (log.MoveNext() && log.TimestampMs <= _maxTimeMs)
        {
            if (log.TimestampMs >= _minTimeMs)
            {
                if (_nextLateMs <= log.TimestampMs)
                {
                    EmitLateBefore(log.TimestampMs, ref sink);
                }

                Emit(log.TimestampMs, log.Value, log.Body, fromLate: false, ref sink);
            }
        }

        Invariant.Require(!log.Corrupt, "a sample log of the head cannot be read");
    }

    /// <summary>Hands over the out-of-order samples before a time; the sample at that time itself is one in order.</summary>
    private void EmitLateBefore<TSink>(long timeMs, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        while (_late is { } late && _nextLateMs != long.MaxValue && _nextLateMs <= timeMs)
        {
            if (_nextLateMs < timeMs)
            {
                Emit(_nextLateMs, late.NextValue, late.NextBody, fromLate: true, ref sink);
            }

            late.MoveNext();
            _nextLateMs = late.NextMs;
        }
    }

    private void Emit<TSink>(long timestampMs, double value, ReadOnlySpan<byte> body, bool fromLate, ref TSink sink)
        where TSink : struct, ISampleSink
    {
        if (body.IsEmpty)
        {
            sink.Add(timestampMs, value);
        }
        else
        {
            _histogram ??= new Histogram();
            Invariant.Require(HistogramBody.TryRead(body, _histogram), "a histogram of the head cannot be read");
            if ((fromLate || _lastWasLate) && _histogram.CounterResetHint != CounterResetHint.Gauge)
            {
                // What was found out about the sample before it in its chunk says nothing about the one before it now.
                _histogram.CounterResetHint = CounterResetHint.Unknown;
            }

            sink.Add(timestampMs, _histogram);
        }

        _lastWasLate = fromLate;
    }
}
