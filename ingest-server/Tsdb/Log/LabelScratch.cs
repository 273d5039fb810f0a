namespace AmpEdge.Tsdb;

/// <summary>Two buffers in turn, for labels that are written as the difference to the ones before. Reused.</summary>
internal sealed class LabelScratch
{
    private byte[] _current = new byte[1024];
    private byte[] _other = new byte[1024];

    /// <summary>
    /// The first and last bytes of <paramref name="previous"/> (empty, or what this method returned last) with others
    /// between them. False when there are not that many, or the labels were longer than any may be.
    /// </summary>
    public bool TryReplaceMiddle(
        ReadOnlySpan<byte> previous, int prefix, ReadOnlySpan<byte> middle, int suffix, out ReadOnlySpan<byte> labels)
    {
        long length = (long)prefix + middle.Length + suffix;
        if ((long)prefix + suffix > previous.Length || length > CommitRecord.MaxLabelBytes)
        {
            labels = default;
            return false;
        }

        if (_other.Length < length)
        {
            _other = new byte[length * 2];
        }

        previous[..prefix].CopyTo(_other);
        middle.CopyTo(_other.AsSpan(prefix));
        previous[^suffix..].CopyTo(_other.AsSpan(prefix + middle.Length));
        (_current, _other) = (_other, _current);
        labels = _current.AsSpan(0, (int)length);
        return true;
    }
}
