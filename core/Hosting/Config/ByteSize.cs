using System.Buffers;
using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>A size as Prometheus writes it: <c>512MB</c> and <c>512MiB</c> are both 512 × 1024² bytes.</summary>
public readonly record struct ByteSize(long Bytes)
{
    /// <summary>For error messages.</summary>
    public const string Allowed = "a size such as 512MB, 1GiB, 0; units B, KB, MB, GB, TB, PB, EB, all powers of 1024";

    private const string Prefixes = "KMGTPE";

    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    /// <summary>False with what is wrong, in Prometheus's words. Never negative.</summary>
    public static bool TryParse(string text, out ByteSize size, out string problem)
    {
        size = default;
        problem = "";
        if (text == "0")
        {
            return true;
        }

        decimal total = 0;
        ReadOnlySpan<char> rest = text;
        do
        {
            if (!TryTakePart(text, ref rest, out decimal part, out problem))
            {
                return false;
            }

            total += part;
        }
        while (rest.Length > 0);

        if (total > long.MaxValue)
        {
            problem = $"units: invalid {text}";
            return false;
        }

        size = new ByteSize((long)total);
        return true;
    }

    /// <summary>As Prometheus prints sizes: <c>15MiB</c>, <c>1KiB476B</c>, <c>0B</c>.</summary>
    public override string ToString()
    {
        if (Bytes == 0)
        {
            return "0B";
        }

        StringBuilder text = new();
        long rest = Bytes;
        for (int power = Prefixes.Length; power >= 0; power--)
        {
            long unit = 1L << (10 * power);
            long count = rest / unit;
            rest %= unit;
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{(power == 0 ? "B" : $"{Prefixes[power - 1]}iB")}");
            }
        }

        return text.ToString();
    }

    private static bool TryTakePart(string text, ref ReadOnlySpan<char> rest, out decimal bytes, out string problem)
    {
        bytes = 0;
        int numberLength = rest.IndexOfAnyExcept(s_number);
        numberLength = numberLength < 0 ? rest.Length : numberLength;
        ReadOnlySpan<char> number = rest[..numberLength];
        rest = rest[numberLength..];
        int unitLength = rest.IndexOfAny(s_number);
        ReadOnlySpan<char> unit = unitLength < 0 ? rest : rest[..unitLength];
        rest = rest[unit.Length..];
        problem = $"units: invalid {text}";
        if (number.Length > 20
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
        {
            return false;
        }

        if (Unit(unit) is not { } unitBytes)
        {
            problem = $"units: unknown unit {unit} in {text}";
            return false;
        }

        if (count > long.MaxValue / (decimal)unitBytes)
        {
            return false;
        }

        bytes = count * unitBytes;
        problem = "";
        return true;
    }

    private static long? Unit(ReadOnlySpan<char> unit)
    {
        if (unit is "B")
        {
            return 1;
        }

        int power = unit.Length > 1 && unit[1..] is "B" or "iB" ? Prefixes.IndexOf(unit[0], StringComparison.Ordinal) : -1;
        return power < 0 ? null : 1L << (10 * (power + 1));
    }
}
