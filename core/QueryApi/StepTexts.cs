using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>
/// How the points of a matrix begin in JSON: the series of a range query share their times, which are written once and copied
/// for all series after the first.
/// </summary>
internal sealed class StepTexts : IDisposable
{
    private readonly JsonBuffer _texts = new();
    private int[] _ends = [];
    private ReadOnlyMemory<long> _timestamps;

    /// <summary>Writes the texts for these times, unless they are those of the series before.</summary>
    public void Prepare(ReadOnlyMemory<long> timestamps)
    {
        if (timestamps.Equals(_timestamps))
        {
            return;
        }

        _timestamps = timestamps;
        _texts.Clear();
        if (_ends.Length < timestamps.Length)
        {
            _ends = new int[timestamps.Length];
        }

        ReadOnlySpan<long> times = timestamps.Span;
        for (int step = 0; step < times.Length; step++)
        {
            _texts.Raw((byte)',');
            _texts.SampleTime(times[step]);
            _ends[step] = _texts.Length;
        }
    }

    /// <summary>A comma and the beginning of the point of a step, up to its value.</summary>
    public ReadOnlySpan<byte> this[int step]
    {
        get
        {
            int start = step == 0 ? 0 : _ends[step - 1];
            return _texts.Written.Span[start.._ends[step]];
        }
    }

    public void Dispose() => _texts.Dispose();
}
