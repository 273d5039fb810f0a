using System.Buffers;
using AmpEdge.Prometheus;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>Counts the samples of remote write bodies, for limits.</summary>
internal static class SampleCounter
{
    // What is larger is not unpacked for the sake of a limit but taken for full of samples.
    private const int MostUnpackedBytes = 32 << 20;
    private const int LeastSampleBytes = 16;

    /// <summary>0 for what is no remote write message: who reads all of it will refuse it.</summary>
    public static int Count(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (!Snappy.TryGetDecodedLength(body, out int length))
        {
            return 0;
        }

        if (length > MostUnpackedBytes)
        {
            return length / LeastSampleBytes;
        }

        byte[] unpacked = ArrayPool<byte>.Shared.Rent(length);
        bool isMessage = Snappy.TryDecode(body, unpacked, out int written)
            & WriteSampleCount.TryCount(unpacked.AsSpan(0, written), ProtocolOf(request), out int samples);
        ArrayPool<byte>.Shared.Return(unpacked);
        return isMessage ? samples : 0;
    }

    private static WriteProtocol ProtocolOf(HttpRequest request) =>
        request.ContentType?.Contains("io.prometheus.write.v2.Request", StringComparison.Ordinal) == true
            ? WriteProtocol.V2
            : WriteProtocol.V1;
}
