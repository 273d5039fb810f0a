using System.IO.Compression;

namespace AmpEdge.Agent.Discovery;

/// <summary>Reads the bodies of answers whole, unpacked, and up to a limit: what answers may be anything.</summary>
internal static class BoundedBody
{
    private const int FirstChunkBytes = 16 << 10;

    /// <summary>The body, in memory of its own.</summary>
    /// <exception cref="DiscoveryException">It is larger than <paramref name="maxBytes"/>, or is not gzip though it says so.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, int maxBytes, CancellationToken cancel)
    {
        await using Stream body = await OpenAsync(response, cancel);
        return await ReadAsync(body, maxBytes, cancel);
    }

    /// <summary>The rest of a stream that <see cref="OpenAsync"/> gave, under the same conditions.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int maxBytes, CancellationToken cancel)
    {
        byte[] bytes = new byte[FirstChunkBytes];
        int length = 0;
        try
        {
            while (true)
            {
                int read = await body.ReadAsync(bytes.AsMemory(length), cancel);
                if (read == 0)
                {
                    return bytes.AsMemory(0, length);
                }

                length += read;
                if (length > maxBytes)
                {
                    throw new DiscoveryException($"the answer is larger than {maxBytes} bytes");
                }

                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(bytes.Length * 2, maxBytes + 1));
                }
            }
        }
        catch (InvalidDataException broken)
        {
            throw new DiscoveryException("the answer is not the gzip that its Content-Encoding promises", broken);
        }
    }

    /// <summary>The body as a stream, unpacked.</summary>
    public static async Task<Stream> OpenAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancel);
        return response.Content.Headers.ContentEncoding.Contains("gzip")
            ? new GZipStream(body, CompressionMode.Decompress)
            : body;
    }
}
