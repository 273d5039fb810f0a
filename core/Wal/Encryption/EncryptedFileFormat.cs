namespace AmpEdge.Wal;

/// <summary>Where things lie in an encrypted file; FORMAT.md draws it.</summary>
internal static class EncryptedFileFormat
{
    public const int MagicLength = 8;
    public const int KeyIdLength = 8;
    public const int SaltLength = 32;
    public const int HeaderLength = MagicLength + KeyIdLength + SaltLength;

    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>What a page holds, the last one less: as much as a reader's page, so that a miss decrypts one.</summary>
    public const int PageLength = 16 * 1024;

    public const int PageOverhead = NonceLength + TagLength;
    public const int StoredPageLength = PageLength + PageOverhead;

    public static ReadOnlySpan<byte> Magic => "AMPEENC\x01"u8;

    /// <summary>Where a page begins on the disk.</summary>
    public static long OffsetOf(long page) => HeaderLength + (page * StoredPageLength);

    /// <summary>How long the content of a file is that has so many bytes on the disk; a page that is not whole counts for nothing.</summary>
    public static long ContentLength(long storedLength)
    {
        long pages = Math.Max(0, storedLength - HeaderLength) / StoredPageLength;
        long last = Math.Max(0, storedLength - HeaderLength) % StoredPageLength;
        return (pages * PageLength) + Math.Max(0, last - PageOverhead);
    }
}
