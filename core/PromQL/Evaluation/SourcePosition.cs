using System.Text;

namespace AmpEdge.PromQL;

/// <summary>Places in a query as people count them.</summary>
internal static class SourcePosition
{
    /// <summary><c>line:column</c> of a byte offset into the query's UTF-8 text, both from 1, the column in bytes.</summary>
    public static string Describe(string query, int offset)
    {
        ReadOnlySpan<byte> before = Encoding.UTF8.GetBytes(query);
        if (offset < 0 || offset > before.Length)
        {
            return "invalid position";
        }

        before = before[..offset];
        int line = 1 + before.Count((byte)'\n');
        int column = offset - before.LastIndexOf((byte)'\n');
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line}:{column}");
    }
}
