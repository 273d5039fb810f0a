namespace AmpEdge.Tsdb;

/// <summary>Which parts of a file something points at; what is left over may only be zeros.</summary>
internal sealed class FileCoverage(PagedFile file)
{
    private readonly List<(long Start, long End)> _parts = [];

    public void Add(long start, long end) => _parts.Add((start, end));

    /// <summary>The first byte that nothing points at and that is not zero, or two parts that overlap; null if neither.</summary>
    public BlockCorruptionException? FindStray()
    {
        _parts.Sort();
        long covered = 0;
        foreach ((long start, long end) in _parts)
        {
            if (start < covered)
            {
                return new BlockCorruptionException(file.Path, start, "two things in one place", "each in its own");
            }

            if (FindNonZero(covered, start) is { } stray)
            {
                return stray;
            }

            covered = end;
        }

        return FindNonZero(covered, file.Length);
    }

    private BlockCorruptionException? FindNonZero(long start, long end)
    {
        Span<byte> buffer = stackalloc byte[512];
        while (start < end)
        {
            Span<byte> bytes = buffer[..(int)Math.Min(buffer.Length, end - start)];
            file.ReadDirectly(start, bytes);
            int stray = bytes.IndexOfAnyExcept((byte)0);
            if (stray >= 0)
            {
                return new BlockCorruptionException(file.Path, start + stray, "bytes that nothing points at", "zeros");
            }

            start += bytes.Length;
        }

        return null;
    }
}
