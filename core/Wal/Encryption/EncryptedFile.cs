using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AmpEdge.Wal;

/// <summary>
/// A file whose content is encrypted in pages; lengths and offsets are those of the content. Thread-safe as any file: several readers beside
/// one writer.
/// </summary>
/// <remarks>
/// A write that does not begin and end with pages writes those at its edges anew, so a crash may cost what they held: files
/// are written once, from their beginning to their end, and count when they were synced.
/// </remarks>
internal sealed class EncryptedFile : IFile
{
    private readonly IFile _file;
    private readonly string _path;
    private readonly Lock _keyLock = new();
    private readonly AesGcm _key;
    private long _length;

    private EncryptedFile(IFile file, string path, AesGcm key)
    {
        _file = file;
        _path = path;
        _key = key;
        _length = EncryptedFileFormat.ContentLength(file.Length);
    }

    public long Length => Interlocked.Read(ref _length);

    /// <summary>Begins a new file.</summary>
    public static EncryptedFile Create(IFile file, string path, FileCipher cipher)
    {
        Span<byte> header = stackalloc byte[EncryptedFileFormat.HeaderLength];
        EncryptedFileFormat.Magic.CopyTo(header);
        cipher.KeyId.CopyTo(header[EncryptedFileFormat.MagicLength..]);
        Span<byte> salt = header[^EncryptedFileFormat.SaltLength..];
        RandomNumberGenerator.Fill(salt);
        file.Write(0, header);
        return new EncryptedFile(file, path, cipher.KeyOf(salt));
    }

    /// <summary>Opens a file; one that is not encrypted is returned as it is.</summary>
    /// <exception cref="FileKeyException">It is encrypted with another key.</exception>
    public static IFile Open(IFile file, string path, FileCipher cipher)
    {
        Span<byte> header = stackalloc byte[EncryptedFileFormat.HeaderLength];
        int read = file.Read(0, header);
        if (read < EncryptedFileFormat.MagicLength || !header.StartsWith(EncryptedFileFormat.Magic))
        {
            return file;
        }

        if (read < header.Length)
        {
            throw new DamagedPageException(path, 0);
        }

        if (!header.Slice(EncryptedFileFormat.MagicLength, EncryptedFileFormat.KeyIdLength).SequenceEqual(cipher.KeyId))
        {
            throw new FileKeyException(path);
        }

        return new EncryptedFile(file, path, cipher.KeyOf(header[^EncryptedFileFormat.SaltLength..]));
    }

    public int Read(long offset, Span<byte> target)
    {
        int wanted = (int)Math.Clamp(Length - offset, 0, target.Length);
        byte[] page = ArrayPool<byte>.Shared.Rent(EncryptedFileFormat.PageLength);
        try
        {
            for (int done = 0; done < wanted;)
            {
                (long number, int inPage) = Place(offset + done);
                int length = ReadPage(number, page);
                int count = Math.Min(length - inPage, wanted - done);
                page.AsSpan(inPage, count).CopyTo(target[done..]);
                done += count;
            }
        }
        finally
        {
            Return(page);
        }

        return wanted;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (offset > Length)
        {
            SetLength(offset);
        }

        byte[] page = ArrayPool<byte>.Shared.Rent(EncryptedFileFormat.PageLength);
        try
        {
            while (!source.IsEmpty)
            {
                (long number, int inPage) = Place(offset);
                int count = Math.Min(EncryptedFileFormat.PageLength - inPage, source.Length);
                int before = LengthOf(number);
                if (inPage > 0 || count < before)
                {
                    ReadPage(number, page);
                }

                source[..count].CopyTo(page.AsSpan(inPage));
                WritePage(number, page.AsSpan(0, Math.Max(before, inPage + count)));
                offset += count;
                Interlocked.Exchange(ref _length, Math.Max(Length, offset));
                source = source[count..];
            }
        }
        finally
        {
            Return(page);
        }
    }

    public void SetLength(long length)
    {
        if (length > Length)
        {
            byte[] zeros = new byte[EncryptedFileFormat.PageLength];
            for (long at = Length; at < length; at = Length)
            {
                Write(at, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)));
            }

            return;
        }

        (long number, int inPage) = Place(length);
        byte[] page = new byte[EncryptedFileFormat.PageLength];
        if (inPage > 0)
        {
            ReadPage(number, page);
        }

        _file.SetLength(EncryptedFileFormat.OffsetOf(number));
        Interlocked.Exchange(ref _length, number * EncryptedFileFormat.PageLength);
        if (inPage > 0)
        {
            Write(Length, page.AsSpan(0, inPage));
        }
    }

    public void Sync() => _file.Sync();

    public void Dispose()
    {
        _file.Dispose();
        _key.Dispose();
    }

    private static (long Number, int InPage) Place(long offset) =>
        (offset / EncryptedFileFormat.PageLength, (int)(offset % EncryptedFileFormat.PageLength));

    /// <summary>What is in use of a page.</summary>
    private int LengthOf(long number) =>
        (int)Math.Clamp(Length - (number * EncryptedFileFormat.PageLength), 0, EncryptedFileFormat.PageLength);

    /// <summary>Reads a page whole; returns its length.</summary>
    private int ReadPage(long number, byte[] page)
    {
        int length = LengthOf(number);
        long offset = EncryptedFileFormat.OffsetOf(number);
        byte[] stored = ArrayPool<byte>.Shared.Rent(EncryptedFileFormat.StoredPageLength);
        try
        {
            Span<byte> bytes = stored.AsSpan(0, length + EncryptedFileFormat.PageOverhead);
            if (_file.Read(offset, bytes) != bytes.Length)
            {
                throw new DamagedPageException(_path, offset);
            }

            Span<byte> about = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(about, number);
            lock (_keyLock)
            {
                _key.Decrypt(
                    bytes[..EncryptedFileFormat.NonceLength],
                    bytes[EncryptedFileFormat.NonceLength..^EncryptedFileFormat.TagLength],
                    bytes[^EncryptedFileFormat.TagLength..],
                    page.AsSpan(0, length),
                    about);
            }

            return length;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new DamagedPageException(_path, offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    private void WritePage(long number, ReadOnlySpan<byte> page)
    {
        byte[] stored = ArrayPool<byte>.Shared.Rent(EncryptedFileFormat.StoredPageLength);
        try
        {
            Span<byte> bytes = stored.AsSpan(0, page.Length + EncryptedFileFormat.PageOverhead);

            // At random: a page may be written several times under the key of its file, which has far fewer than 2^32 pages.
            RandomNumberGenerator.Fill(bytes[..EncryptedFileFormat.NonceLength]);
            Span<byte> about = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(about, number);
            lock (_keyLock)
            {
                _key.Encrypt(
                    bytes[..EncryptedFileFormat.NonceLength],
                    page,
                    bytes[EncryptedFileFormat.NonceLength..^EncryptedFileFormat.TagLength],
                    bytes[^EncryptedFileFormat.TagLength..],
                    about);
            }

            _file.Write(EncryptedFileFormat.OffsetOf(number), bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    /// <summary>What was decrypted does not stay in the pool.</summary>
    private static void Return(byte[] page) => ArrayPool<byte>.Shared.Return(page, clearArray: true);
}
