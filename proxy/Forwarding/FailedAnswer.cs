using System.Text;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Looks at the beginning of an answer's body without taking it from the caller.</summary>
internal static class FailedAnswer
{
    private const int MaxShownBytes = 4096;

    /// <summary>The first 4 KiB as text; the answer's content is replaced by one that yields them again.</summary>
    public static async Task<string> PeekAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> start = await PeekBytesAsync(response, cancel);
        ICollection<string> encoding = response.Content.Headers.ContentEncoding;
        return encoding.Count > 0
            ? $"({string.Join(", ", encoding)}, {start.Length} bytes)"
            : Encoding.UTF8.GetString(start.Span);
    }

    /// <summary>The first 4 KiB as they came, compressed or not; the answer's content is replaced as well.</summary>
    public static async Task<ReadOnlyMemory<byte>> PeekBytesAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        HttpContent original = response.Content;
        byte[] start = new byte[MaxShownBytes];
        Stream rest = await original.ReadAsStreamAsync(cancel);
        int length = await rest.ReadAtLeastAsync(start, MaxShownBytes, throwOnEndOfStream: false, cancel);
        StreamContent replacement = new(new PrefixedStream(start.AsMemory(0, length), rest));
        foreach ((string name, IEnumerable<string> values) in original.Headers)
        {
            replacement.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = replacement;
        return start.AsMemory(0, length);
    }
}
