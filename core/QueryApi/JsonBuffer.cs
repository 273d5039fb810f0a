using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace AmpEdge.QueryApi;

/// <summary>
/// JSON text under construction in one pooled array: literals, UTF-8 strings, and numbers in Prometheus's forms.
/// Not thread-safe; whoever creates it disposes it.
/// </summary>
/// <remarks>
/// Sample timestamps and values have forms of their own (milliseconds as decimal seconds, values as strings), and a
/// range answer is millions of them; that is why this is not a Utf8JsonWriter.
/// </remarks>
public sealed class JsonBuffer : IBufferWriter<byte>, IDisposable
{
    private static readonly SearchValues<byte> s_mustEscape = SearchValues.Create(
        [.. ControlBytes(), (byte)'"', (byte)'\\']);

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Raw(ReadOnlySpan<byte> json)
    {
        Reserve(json.Length);
        json.CopyTo(_bytes.AsSpan(Length));
        Length += json.Length;
    }

    public void Raw(byte json)
    {
        Reserve(1);
        _bytes[Length++] = json;
    }

    /// <summary>A quoted string; bytes that are not UTF-8 become U+FFFD.</summary>
    public void String(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
        }

        Raw((byte)'"');
        while (true)
        {
            int special = utf8.IndexOfAny(s_mustEscape);
            if (special < 0)
            {
                Raw(utf8);
                break;
            }

            Raw(utf8[..special]);
            Escape(utf8[special]);
            utf8 = utf8[(special + 1)..];
        }

        Raw((byte)'"');
    }

    public void String(string text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        String(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    public void Number(long value)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out int written);
        Length += written;
    }

    /// <summary>A JSON number: the shortest digits that read back as the same value. Finite values only.</summary>
    public void Number(double value)
    {
        Reserve(FloatText.MaxLength);
        Length += FloatText.FormatPlain(value, _bytes.AsSpan(Length));
    }

    /// <summary>Milliseconds as seconds: three decimals, or none for a whole second.</summary>
    public void Timestamp(long timestampMs)
    {
        Reserve(24);
        Span<byte> destination = _bytes.AsSpan(Length);
        int at = 0;
        if (timestampMs < 0)
        {
            destination[at++] = (byte)'-';
        }

        ulong magnitude = timestampMs < 0 ? (ulong)-timestampMs : (ulong)timestampMs;
        Utf8Formatter.TryFormat(magnitude / 1000, destination[at..], out int written);
        at += written;
        if ((int)(magnitude % 1000) is > 0 and int fraction)
        {
            destination[at++] = (byte)'.';
            destination[at++] = (byte)('0' + (fraction / 100));
            destination[at++] = (byte)('0' + (fraction / 10 % 10));
            destination[at++] = (byte)('0' + (fraction % 10));
        }

        Length += at;
    }

    /// <summary><c>[seconds,"value"]</c>.</summary>
    public void Sample(long timestampMs, double value)
    {
        SampleTime(timestampMs);
        SampleValue(value);
    }

    /// <summary>What <see cref="Sample"/> begins with: <c>[seconds,"</c>.</summary>
    public void SampleTime(long timestampMs)
    {
        Raw((byte)'[');
        Timestamp(timestampMs);
        Raw(",\""u8);
    }

    /// <summary>What it ends with.</summary>
    public void SampleValue(double value)
    {
        Reserve(FloatText.MaxLength + 2);
        Length += FloatText.FormatSample(value, _bytes.AsSpan(Length));
        _bytes[Length++] = (byte)'"';
        _bytes[Length++] = (byte)']';
    }

    /// <summary>For writers of other JSON that append to this text.</summary>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(Length);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static byte[] ControlBytes()
    {
        byte[] controls = new byte[0x20];
        for (int index = 0; index < controls.Length; index++)
        {
            controls[index] = (byte)index;
        }

        return controls;
    }

    private void Escape(byte special)
    {
        switch (special)
        {
            case (byte)'"':
                Raw("\\\""u8);
                break;
            case (byte)'\\':
                Raw("\\\\"u8);
                break;
            case (byte)'\n':
                Raw("\\n"u8);
                break;
            case (byte)'\r':
                Raw("\\r"u8);
                break;
            case (byte)'\t':
                Raw("\\t"u8);
                break;
            default:
                Raw("\\u00"u8);
                Raw((byte)(special < 0x10 ? '0' : '1'));
                Raw("0123456789abcdef"u8[special & 0xF]);
                break;
        }
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length >= count)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + count));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
