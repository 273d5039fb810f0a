namespace AmpEdge.Prometheus;

/// <summary>The Snappy block format (never the framed one), as remote write and remote read carry it.</summary>
/// <remarks>
/// Ours, because it is on the path of every sample and no fast managed codec can be restored here; tests compare it
/// with IronSnappy. A receiver asks <see cref="TryGetDecodedLength"/> first and compares the answer with its limit, so
/// that a small body cannot make it allocate. Thread-safe; allocates nothing.
/// </remarks>
public static class Snappy
{
    /// <summary>
    /// The decoded size that the body claims in its first bytes. False when the claim is cut off or over 32 bits, or
    /// when the body is too short to hold that much: a copy makes at most 64 bytes out of three.
    /// </summary>
    public static bool TryGetDecodedLength(ReadOnlySpan<byte> encoded, out int length)
    {
        if (SnappyDecoder.TryReadPreamble(encoded, out uint claimed, out int preambleLength)
            && claimed <= Array.MaxLength
            && claimed <= (ulong)(encoded.Length - preambleLength) * SnappyDecoder.MaxBytesPerInputByte)
        {
            length = (int)claimed;
            return true;
        }

        length = 0;
        return false;
    }

    /// <summary>
    /// Decodes a whole body. False when it is corrupt or does not fit <paramref name="target"/>; then nothing in
    /// <paramref name="target"/> means anything and <paramref name="written"/> is 0.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> target, out int written)
    {
        written = 0;
        if (!SnappyDecoder.TryReadPreamble(encoded, out uint length, out int preambleLength) || length > (uint)target.Length)
        {
            return false;
        }

        if (!SnappyDecoder.TryDecodeBody(encoded[preambleLength..], target[..(int)length]))
        {
            return false;
        }

        written = (int)length;
        return true;
    }

    /// <summary>The room that <see cref="Encode"/> needs for any content of this length.</summary>
    public static int MaxEncodedLength(int length) => checked(32 + length + length / 6);

    /// <summary>Encodes <paramref name="source"/> and returns the encoded length.</summary>
    /// <exception cref="ArgumentException">The target is smaller than <see cref="MaxEncodedLength"/> says.</exception>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (target.Length < MaxEncodedLength(source.Length))
        {
            throw new ArgumentException(
                $"{source.Length} bytes may take {MaxEncodedLength(source.Length)} encoded, the target has {target.Length}",
                nameof(target));
        }

        return SnappyEncoder.Encode(source, target);
    }
}
