namespace AmpEdge.IngestServer.Auth;

/// <summary>IAM's patterns: <c>*</c> stands for any run of characters and <c>?</c> for exactly one.</summary>
internal static class WildcardPattern
{
    /// <summary>Linear in the text for each star: on a mismatch only the last star is tried again.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, StringComparison comparison)
    {
        int patternAt = 0;
        int textAt = 0;
        int starAt = -1;
        int starTextAt = 0;
        while (textAt < text.Length)
        {
            if (patternAt < pattern.Length && pattern[patternAt] == '*')
            {
                starAt = patternAt++;
                starTextAt = textAt;
            }
            else if (patternAt < pattern.Length
                && (pattern[patternAt] == '?'
                    || pattern.Slice(patternAt, 1).Equals(text.Slice(textAt, 1), comparison)))
            {
                patternAt++;
                textAt++;
            }
            else if (starAt >= 0)
            {
                patternAt = starAt + 1;
                textAt = ++starTextAt;
            }
            else
            {
                return false;
            }
        }

        return pattern[patternAt..].TrimStart('*').IsEmpty;
    }
}
