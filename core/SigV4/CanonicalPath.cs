namespace AmpEdge.SigV4;

/// <summary>The second line of the canonical request.</summary>
public static class CanonicalPath
{
    internal static void Append(ref ByteAppender output, ReadOnlySpan<char> path, PathRule rule)
    {
        int start = output.Length;
        if (rule.Normalize)
        {
            AppendResolved(ref output, path, rule.EncodeTwice);
        }
        else
        {
            AppendSegments(ref output, path, rule.EncodeTwice);
        }

        if (output.Length == start)
        {
            output.Append((byte)'/');
        }
    }

    /// <summary>
    /// The path with dots and doubled slashes resolved and its escapes untouched, as a client sends it that signs
    /// with <see cref="PathRule.Default"/>; the same string when there is nothing to resolve.
    /// </summary>
    public static string Resolve(string path)
    {
        if (!NeedsResolving(path))
        {
            return path;
        }

        List<string> kept = [];
        foreach (string segment in path.Split('/'))
        {
            if (segment == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(segment);
            }
        }

        string joined = "/" + string.Join('/', kept);
        return kept.Count > 0 && path.EndsWith('/') ? joined + "/" : joined;
    }

    /// <summary>True when resolving would change the path, so that its two canonical forms differ.</summary>
    internal static bool NeedsResolving(ReadOnlySpan<char> path)
    {
        if (path.Contains("//", StringComparison.Ordinal) || (!path.IsEmpty && path[0] != '/'))
        {
            return true;
        }

        foreach (Range range in path.Split('/'))
        {
            if (path[range] is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    private static void AppendSegments(ref ByteAppender output, ReadOnlySpan<char> path, bool encodeTwice)
    {
        bool first = true;
        foreach (Range range in path.Split('/'))
        {
            if (!first)
            {
                output.Append((byte)'/');
            }

            first = false;
            AppendSegment(ref output, path[range], encodeTwice);
        }
    }

    /// <summary>Resolves while writing: a <c>..</c> cuts the output back to the slash before the last segment.</summary>
    private static void AppendResolved(ref ByteAppender output, ReadOnlySpan<char> path, bool encodeTwice)
    {
        int start = output.Length;
        foreach (Range range in path.Split('/'))
        {
            ReadOnlySpan<char> segment = path[range];
            if (segment is "..")
            {
                int slash = output.Written[start..].LastIndexOf((byte)'/');
                output.Truncate(start + Math.Max(0, slash));
            }
            else if (segment is not ("" or "."))
            {
                output.Append((byte)'/');
                AppendSegment(ref output, segment, encodeTwice);
            }
        }

        if (output.Length > start && path.EndsWith('/'))
        {
            output.Append((byte)'/');
        }
    }

    private static void AppendSegment(ref ByteAppender output, ReadOnlySpan<char> segment, bool encodeTwice)
    {
        if (encodeTwice)
        {
            UriEncoding.AppendLiteral(ref output, segment);
        }
        else
        {
            UriEncoding.AppendDecoded(ref output, segment, plusIsSpace: false);
        }
    }
}
