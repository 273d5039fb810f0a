namespace AmpEdge.PromQL;

/// <summary>The order of texts in which runs of digits count as numbers: <c>host9</c> before <c>host10</c>.</summary>
internal static class NaturalOrder
{
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            ReadOnlySpan<byte> leftRun = TakeRun(ref left);
            ReadOnlySpan<byte> rightRun = TakeRun(ref right);
            int order = IsDigit(leftRun[0]) && IsDigit(rightRun[0])
                ? CompareNumbers(leftRun, rightRun)
                : leftRun.SequenceCompareTo(rightRun);
            if (order != 0)
            {
                return order;
            }
        }

        return left.IsEmpty ? right.IsEmpty ? 0 : -1 : 1;
    }

    private static int CompareNumbers(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        left = left.TrimStart((byte)'0');
        right = right.TrimStart((byte)'0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }

    /// <summary>The digits, or the other characters, with which a text begins.</summary>
    private static ReadOnlySpan<byte> TakeRun(ref ReadOnlySpan<byte> text)
    {
        bool digits = IsDigit(text[0]);
        int length = 1;
        while (length < text.Length && IsDigit(text[length]) == digits)
        {
            length++;
        }

        ReadOnlySpan<byte> run = text[..length];
        text = text[length..];
        return run;
    }

    private static bool IsDigit(byte letter) => (uint)(letter - '0') <= 9;
}
