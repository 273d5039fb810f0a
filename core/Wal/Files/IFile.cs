namespace AmpEdge.Wal;

/// <summary>One open file. Reads and writes name their offset, so that several readers may share it with one writer.</summary>
public interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to the span's length; fewer bytes only at the end of the file, 0 past it.</summary>
    int Read(long offset, Span<byte> target);

    /// <summary>Hands all bytes to the operating system: they survive the process, not yet the machine.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Cuts the file off or extends it by zeros.</summary>
    void SetLength(long length);

    /// <summary>Returns when everything written is on the disk. After a failure the state of what was written is unknown.</summary>
    void Sync();
}
