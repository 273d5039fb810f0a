using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Domain names between their text form (RFC 1035, section 5.1: <c>\.</c> and <c>\DDD</c> escapes, a final dot when
/// rooted) and the wire's length-prefixed labels with compression pointers.
/// </summary>
internal static class DnsName
{
    /// <summary>Length bytes included, the root's among them.</summary>
    public const int MaxWireBytes = 255;

    private const int MaxLabelBytes = 63;

    /// <summary>A name of 255 bytes has at most 127 labels, so an honest chain of pointers is no longer.</summary>
    private const int MaxPointers = 127;

    /// <summary>True when the text ends in a dot that is not escaped: no search domain is to be added.</summary>
    public static bool IsRooted(string name)
    {
        if (!name.EndsWith('.'))
        {
            return false;
        }

        int backslashes = 0;
        for (int index = name.Length - 2; index >= 0 && name[index] == '\\'; index--)
        {
            backslashes++;
        }

        return backslashes % 2 == 0;
    }

    /// <summary>The number of labels, as the <c>ndots</c> rule counts dots.</summary>
    public static int CountLabels(string name)
    {
        int labels = name.Length == 0 || name == "." ? 0 : 1;
        for (int index = 0; index < name.Length; index++)
        {
            if (name[index] == '\\')
            {
                index++;
            }
            else if (name[index] == '.' && index < name.Length - 1)
            {
                labels++;
            }
        }

        return labels;
    }

    /// <summary>Writes a name without compression; false when a label or the whole is empty or too long.</summary>
    public static bool TryWrite(string name, Span<byte> destination, out int written)
    {
        written = 0;
        byte[] text = Encoding.UTF8.GetBytes(IsRooted(name) ? name[..^1] : name);
        int labelStart = 0;
        int at = 1;
        for (int index = 0; index <= text.Length; index++)
        {
            bool ends = index == text.Length || text[index] == '.';
            if (ends)
            {
                int length = at - labelStart - 1;
                bool isRoot = text.Length == 0;
                if ((length == 0 && !isRoot) || length > MaxLabelBytes)
                {
                    return false;
                }

                destination[labelStart] = (byte)length;
                labelStart = at;
                at++;
                continue;
            }

            byte letter = text[index];
            if (letter == '\\' && !TryUnescape(text, ref index, out letter))
            {
                return false;
            }

            if (at >= MaxWireBytes - 1)
            {
                return false;
            }

            destination[at++] = letter;
        }

        if (text.Length == 0)
        {
            written = 1;
            return true;
        }

        // The last label end has moved one beyond the root's empty label.
        destination[labelStart] = 0;
        written = labelStart + 1;
        return written <= MaxWireBytes;
    }

    /// <summary>
    /// Reads the name at <paramref name="position"/> and moves behind it. A pointer must point to before the place
    /// where its name began, so every chain ends.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int position, out string name)
    {
        StringBuilder text = new();
        name = "";
        int at = position;
        int end = -1;
        int lowest = position;
        int pointers = 0;
        int wireBytes = 1;
        while (true)
        {
            if (at >= message.Length)
            {
                return false;
            }

            int length = message[at];
            if (length == 0)
            {
                position = end < 0 ? at + 1 : end;
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (at + 2 > message.Length || ++pointers > MaxPointers)
                {
                    return false;
                }

                int target = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & 0x3FFF;
                if (target >= lowest)
                {
                    return false;
                }

                end = end < 0 ? at + 2 : end;
                (at, lowest) = (target, target);
                continue;
            }

            wireBytes += length + 1;
            if ((length & 0xC0) != 0 || at + 1 + length > message.Length || wireBytes > MaxWireBytes)
            {
                return false;
            }

            AppendLabel(text, message.Slice(at + 1, length));
            at += 1 + length;
        }
    }

    private static bool TryUnescape(byte[] text, ref int index, out byte letter)
    {
        letter = 0;
        if (index + 1 >= text.Length)
        {
            return false;
        }

        if (!char.IsAsciiDigit((char)text[index + 1]))
        {
            letter = text[++index];
            return true;
        }

        if (index + 3 >= text.Length
            || !byte.TryParse(text.AsSpan(index + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out letter))
        {
            return false;
        }

        index += 3;
        return true;
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (byte letter in label)
        {
            switch (letter)
            {
                case (byte)'.' or (byte)'\\' or (byte)'(' or (byte)')' or (byte)';' or (byte)' ' or (byte)'@' or (byte)'"':
                    text.Append('\\').Append((char)letter);
                    break;
                case < 0x20 or > 0x7E:
                    text.Append('\\').Append(letter.ToString("D3", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append((char)letter);
                    break;
            }
        }

        text.Append('.');
    }
}
