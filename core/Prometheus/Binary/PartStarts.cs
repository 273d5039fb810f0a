namespace AmpEdge.Prometheus;

/// <summary>Where the parts of a message begin, for <see cref="SnappyPartsEncoder"/>. Reusable; not thread-safe.</summary>
public sealed class PartStarts
{
    private int[] _starts = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>A part begins here: behind all those before it.</summary>
    public void Add(int start)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
        }

        _starts[Count++] = start;
    }

    /// <summary>The parts from number <paramref name="first"/> on were moved by so many bytes.</summary>
    public void Move(int first, int bytes)
    {
        foreach (ref int start in _starts.AsSpan(first, Count - first))
        {
            start += bytes;
        }
    }
}
