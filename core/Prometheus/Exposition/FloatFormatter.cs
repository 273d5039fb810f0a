using System.Globalization;

namespace AmpEdge.Prometheus;

/// <summary>
/// Writes numbers as Prometheus writes them: the shortest digits that read back to the same double, with an exponent
/// of at least two digits below 1e-4 and from 1e6 (Go's <c>%g</c>).
/// </summary>
public static class FloatFormatter
{
    /// <summary>No form written here is longer.</summary>
    public const int MaxLength = 32;

    private const int MinPlainExponent = -4;
    private const int MaxPlainExponent = 6;

    /// <summary>Go's <c>%g</c> with the fewest digits: <c>1</c>, <c>0.25</c>, <c>1e+06</c>, <c>+Inf</c>, <c>NaN</c>.</summary>
    public static int WriteShortest(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> name = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
            name.CopyTo(destination);
            return name.Length;
        }

        Span<byte> digits = stackalloc byte[MaxLength];
        int count = ShortestDigits(Math.Abs(value), digits, out int exponent);
        int position = 0;
        if (double.IsNegative(value))
        {
            destination[position++] = (byte)'-';
        }

        return exponent is < MinPlainExponent or >= MaxPlainExponent
            ? WriteExponential(digits[..count], exponent, destination, position)
            : WritePlain(digits[..count], exponent, destination, position);
    }

    /// <summary>
    /// The form of <c>le</c> and <c>quantile</c> values: always recognisable as a float (<c>1.0</c>, <c>1e+06</c>).
    /// </summary>
    public static int WriteCanonicalLabelValue(double value, Span<byte> destination)
    {
        int written = WriteShortest(value, destination);
        bool isFloat = !double.IsFinite(value) || destination[..written].IndexOfAny((byte)'.', (byte)'e') >= 0;
        if (!isFloat)
        {
            ".0"u8.CopyTo(destination[written..]);
            written += 2;
        }

        return written;
    }

    /// <summary>The digits d.ddd of the value and the power of ten of the first, from .NET's shortest form.</summary>
    private static int ShortestDigits(double value, Span<byte> digits, out int exponent)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
        text = text[..length];

        int exponentMark = text.IndexOf((byte)'E');
        exponent = 0;
        if (exponentMark >= 0)
        {
            exponent = int.Parse(text[(exponentMark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..exponentMark];
        }

        int point = text.IndexOf((byte)'.');
        exponent += (point < 0 ? text.Length : point) - 1;
        int count = 0;
        foreach (byte character in text)
        {
            if (character == '.')
            {
                continue;
            }

            if (count == 0 && character == '0')
            {
                exponent--;
                continue;
            }

            digits[count++] = character;
        }

        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
        }

        if (count == 0)
        {
            digits[count++] = (byte)'0';
            exponent = 0;
        }

        return count;
    }

    private static int WriteExponential(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination, int position)
    {
        destination[position++] = digits[0];
        if (digits.Length > 1)
        {
            destination[position++] = (byte)'.';
            digits[1..].CopyTo(destination[position..]);
            position += digits.Length - 1;
        }

        destination[position++] = (byte)'e';
        destination[position++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(destination[position..], out int written, "00", CultureInfo.InvariantCulture);
        return position + written;
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination, int position)
    {
        if (exponent < 0)
        {
            "0."u8.CopyTo(destination[position..]);
            position += 2;
            destination.Slice(position, -exponent - 1).Fill((byte)'0');
            position += -exponent - 1;
            digits.CopyTo(destination[position..]);
            return position + digits.Length;
        }

        int whole = exponent + 1;
        if (digits.Length <= whole)
        {
            digits.CopyTo(destination[position..]);
            destination.Slice(position + digits.Length, whole - digits.Length).Fill((byte)'0');
            return position + whole;
        }

        digits[..whole].CopyTo(destination[position..]);
        position += whole;
        destination[position++] = (byte)'.';
        digits[whole..].CopyTo(destination[position..]);
        return position + digits.Length - whole;
    }
}
