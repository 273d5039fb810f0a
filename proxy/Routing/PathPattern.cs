namespace AmpEdge.Proxy.Routing;

/// <summary>A path with <c>*</c> for one segment and a last <c>**</c> for one or more.</summary>
internal static class PathPattern
{
    /// <summary>Segment by segment, on the escapes as they are: <c>%2F</c> divides nothing.</summary>
    public static bool Matches(ReadOnlySpan<char> path, ReadOnlySpan<char> pattern)
    {
        while (true)
        {
            int pathEnd = path.IndexOf('/');
            int patternEnd = pattern.IndexOf('/');
            ReadOnlySpan<char> segment = pathEnd < 0 ? path : path[..pathEnd];
            ReadOnlySpan<char> wanted = patternEnd < 0 ? pattern : pattern[..patternEnd];
            if (wanted is "**")
            {
                return path.Length > 0;
            }

            bool same = wanted is "*" ? segment.Length > 0 : segment.SequenceEqual(wanted);
            if (!same || pathEnd < 0 != patternEnd < 0)
            {
                return false;
            }

            if (pathEnd < 0)
            {
                return true;
            }

            path = path[(pathEnd + 1)..];
            pattern = pattern[(patternEnd + 1)..];
        }
    }
}
