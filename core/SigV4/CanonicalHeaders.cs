using System.Buffers;

namespace AmpEdge.SigV4;

/// <summary>
/// The header lines of the canonical request and the list of signed names: lower-case, sorted by byte, values trimmed
/// with inner runs of blanks (folded lines among them) made one, repeated headers joined by commas in request order.
/// </summary>
internal static class CanonicalHeaders
{
    private const string Blanks = " \t\r\n";
    private const int StackHeaders = 64;

    /// <summary>Room enough for <see cref="WriteSignedNames"/>.</summary>
    public static int MaxNamesLength(ReadOnlySpan<HeaderField> headers)
    {
        int length = 0;
        foreach (ref readonly HeaderField field in headers)
        {
            length += field.Name.Length + 1;
        }

        return length;
    }

    /// <summary>Room enough for <see cref="AppendLines"/>.</summary>
    public static int MaxLinesLength(ReadOnlySpan<HeaderField> headers, ReadOnlySpan<char> signedNames)
    {
        int length = (3 * signedNames.Length) + (2 * (signedNames.Count(';') + 1));
        foreach (ref readonly HeaderField field in headers)
        {
            length += (3 * field.Value.Length) + 1;
        }

        return length;
    }

    /// <summary>Writes the names our signatures cover, as <c>host;x-amz-date</c>, and returns the length.</summary>
    public static int WriteSignedNames(ReadOnlySpan<HeaderField> headers, Span<char> destination)
    {
        int[]? rented = headers.Length > StackHeaders ? ArrayPool<int>.Shared.Rent(headers.Length) : null;
        Span<int> order = rented is null ? stackalloc int[StackHeaders] : rented;
        order = order[..SortSigned(headers, order)];
        int length = 0;
        string? last = null;
        foreach (int index in order)
        {
            string name = headers[index].Name;
            if (last is not null)
            {
                if (CompareLower(name, last) == 0)
                {
                    continue;
                }

                destination[length++] = ';';
            }

            length += LowerInto(name, destination[length..]);
            last = name;
        }

        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        return length;
    }

    /// <summary>
    /// Appends one line per signed name. A name that the request lacks gets an empty value, so that the signature
    /// cannot match.
    /// </summary>
    public static void AppendLines(
        ref ByteAppender output, ReadOnlySpan<HeaderField> headers, ReadOnlySpan<char> signedNames)
    {
        foreach (Range range in signedNames.Split(';'))
        {
            ReadOnlySpan<char> name = signedNames[range];
            output.AppendText(name);
            output.Append((byte)':');
            bool first = true;
            foreach (ref readonly HeaderField field in headers)
            {
                if (name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))
                {
                    if (!first)
                    {
                        output.Append((byte)',');
                    }

                    first = false;
                    AppendValue(ref output, field.Value);
                }
            }

            output.Append((byte)'\n');
        }
    }

    private static void AppendValue(ref ByteAppender output, ReadOnlySpan<char> value)
    {
        value = value.Trim(Blanks);
        while (!value.IsEmpty)
        {
            int blank = value.IndexOfAny(Blanks);
            if (blank < 0)
            {
                output.AppendText(value);
                return;
            }

            output.AppendText(value[..blank]);
            output.Append((byte)' ');
            value = value[blank..].TrimStart(Blanks);
        }
    }

    /// <summary>Where the headers that are signed stand, sorted by name; by insertion, because there are a dozen.</summary>
    private static int SortSigned(ReadOnlySpan<HeaderField> headers, Span<int> order)
    {
        int count = 0;
        for (int index = 0; index < headers.Length; index++)
        {
            string name = headers[index].Name;
            if (!SignedHeaderChoice.IsSigned(name))
            {
                continue;
            }

            int place = count++;
            while (place > 0 && CompareLower(headers[order[place - 1]].Name, name) > 0)
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = index;
        }

        return count;
    }

    /// <summary>Byte order of the lower-case names. Ordinal-ignore-case would sort <c>_</c> behind the letters.</summary>
    private static int CompareLower(string left, string right)
    {
        int common = Math.Min(left.Length, right.Length);
        for (int index = 0; index < common; index++)
        {
            int difference = Lower(left[index]) - Lower(right[index]);
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }

    private static int LowerInto(string name, Span<char> destination)
    {
        for (int index = 0; index < name.Length; index++)
        {
            destination[index] = Lower(name[index]);
        }

        return name.Length;
    }

    private static char Lower(char value) => value is >= 'A' and <= 'Z' ? (char)(value | 0x20) : value;
}
