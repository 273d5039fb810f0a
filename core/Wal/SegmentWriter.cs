using System.Security.Cryptography;
using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

/// <summary>Appends framed records to one new segment. Appends must not overlap; a sync may run beside an append.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IFile _file;

    private readonly RecordSeal? _seal;

    private SegmentWriter(SegmentIndex index, IFile file, int headerLength, RecordSeal? seal)
    {
        Index = index;
        _file = file;
        _seal = seal;
        HeaderLength = headerLength;
        Length = headerLength;
    }

    public SegmentIndex Index { get; }

    /// <summary>The bytes in front of the first record.</summary>
    public int HeaderLength { get; }

    /// <summary>The bytes of whole records and what stands before them; a failed write does not count.</summary>
    public long Length { get; private set; }

    /// <summary>True when a write failed and its remains could not be cut off: nothing may be appended behind them.</summary>
    public bool Broken { get; private set; }

    public static SegmentWriter Create(IFileSystem files, string folder, SegmentIndex index, SegmentCipher? cipher)
    {
        string path = Path.Combine(folder, index.FileName);
        byte[] header = NewHeader(cipher);
        IFile file = files.Create(path);
        try
        {
            file.Write(0, header);
        }
        catch (IOException)
        {
            file.Dispose();
            files.Delete(path);
            throw;
        }

        RecordSeal? seal = cipher is null ? null : new RecordSeal(cipher.KeyOf(header.AsSpan(^SegmentFormat.SaltLength..)));
        return new SegmentWriter(index, file, header.Length, seal);
    }

    /// <summary>Writes the batch and returns the offset of its first record; after a failure none of it is in the segment.</summary>
    public long Append(WalBatch batch)
    {
        Invariant.Require(!Broken, "nothing is appended behind the remains of a failed write");
        long offset = Length;
        if (_seal is not null)
        {
            batch.Seal(_seal, offset);
        }

        try
        {
            _file.Write(offset, batch.Frames);
        }
        catch (IOException)
        {
            CutBack();
            throw;
        }

        Length = offset + batch.Length;
        return offset;
    }

    public void Sync() => _file.Sync();

    public void Dispose()
    {
        _seal?.Dispose();
        _file.Dispose();
    }

    private static byte[] NewHeader(SegmentCipher? cipher)
    {
        if (cipher is null)
        {
            return SegmentFormat.Magic.ToArray();
        }

        byte[] header = new byte[SegmentFormat.EncryptedHeaderLength];
        SegmentFormat.EncryptedMagic.CopyTo(header);
        cipher.KeyId.CopyTo(header.AsSpan(SegmentFormat.MagicLength));
        RandomNumberGenerator.Fill(header.AsSpan(^SegmentFormat.SaltLength..));
        return header;
    }

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
