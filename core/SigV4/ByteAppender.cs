using System.Diagnostics;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// Appends ASCII and percent-encoded text to a caller's buffer. The caller sizes the buffer beforehand with
/// <see cref="CanonicalRequest.MaxLength"/>, so an append that does not fit is a broken invariant and throws.
/// </summary>
internal ref struct ByteAppender(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes appended so far.</summary>
    public int Length { get; private set; }

    public readonly Span<byte> Written => _destination[..Length];

    public void Append(byte value) => _destination[Length++] = value;

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    /// <summary>UTF-8; an unpaired surrogate becomes the replacement character.</summary>
    public void AppendText(scoped ReadOnlySpan<char> text) =>
        Length += Encoding.UTF8.GetBytes(text, _destination[Length..]);

    public void AppendLowerHex(scoped ReadOnlySpan<byte> bytes)
    {
        bool fits = Convert.TryToHexStringLower(bytes, _destination[Length..], out int written);
        Debug.Assert(fits, "the caller sized the buffer");
        Length += written;
    }

    /// <summary>Drops everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Debug.Assert(length <= Length, "truncation never grows");
        Length = length;
    }
}
