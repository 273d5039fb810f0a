using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

/// <summary>Appends framed records to one new segment. Appends must not overlap; a sync may run beside an append.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IFile _file;

    private SegmentWriter(SegmentIndex index, IFile file)
    {
        Index = index;
        _file = file;
        Length = SegmentFormat.MagicLength;
    }

    public SegmentIndex Index { get; }

    /// <summary>The bytes of whole records and what stands before them; a failed write does not count.</summary>
    public long Length { get; private set; }

    /// <summary>True when a write failed and its remains could not be cut off: nothing may be appended behind them.</summary>
    public bool Broken { get; private set; }

    public static SegmentWriter Create(IFileSystem files, string folder, SegmentIndex index)
    {
        string path = Path.Combine(folder, index.FileName);
        IFile file = files.Create(path);
        try
        {
            file.Write(0, SegmentFormat.Magic);
        }
        catch (IOException)
        {
            file.Dispose();
            files.Delete(path);
            throw;
        }

        return new SegmentWriter(index, file);
    }

    /// <summary>Writes the frames and returns the offset of the first; after a failure none of them is in the segment.</summary>
    public long Append(ReadOnlySpan<byte> frames)
    {
        Invariant.Require(!Broken, "nothing is appended behind the remains of a failed write");
        long offset = Length;
        try
        {
            _file.Write(offset, frames);
        }
        catch (IOException)
        {
            CutBack();
            throw;
        }

        Length = offset + frames.Length;
        return offset;
    }

    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private void CutBack()
    {
        try
        {
            _file.SetLength(Length);
        }
        catch (IOException)
        {
            // The writer goes on in a new segment, and readers take the remains for what they are: a torn tail.
            Broken = true;
        }
    }
}
