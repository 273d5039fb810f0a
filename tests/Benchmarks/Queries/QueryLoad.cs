using AmpEdge.Benchmarks.Ingest;
using AmpEdge.Prometheus;

namespace AmpEdge.Benchmarks.Queries;

/// <summary>Writes a fleet's samples into a server: of one host's series at once, some steps of each.</summary>
internal static class QueryLoad
{
    public const int StepMs = 15_000;

    private const int StepsPerRequest = 20;
    private const int SeriesPerRequest = NodeFleet.SeriesPerHost;

    /// <exception cref="HttpRequestException">The server did not take a request.</exception>
    public static async Task SendAsync(HttpClient http, NodeFleet fleet, long startMs, int steps, bool withHistograms)
    {
        ByteBuffer request = new();
        HistogramSeries histograms = new();
        long[] timestamps = new long[StepsPerRequest];
        double[] values = new double[StepsPerRequest];
        for (int firstStep = 0; firstStep < steps; firstStep += StepsPerRequest)
        {
            int count = Math.Min(StepsPerRequest, steps - firstStep);
            for (int firstSeries = 0; firstSeries < fleet.Count; firstSeries += SeriesPerRequest)
            {
                request.Clear();
                for (int series = firstSeries; series < Math.Min(fleet.Count, firstSeries + SeriesPerRequest); series++)
                {
                    if (NodeFleet.IsHistogram(series))
                    {
                        if (withHistograms)
                        {
                            histograms.Append(request, fleet, series, startMs, firstStep, count);
                        }

                        continue;
                    }

                    for (int step = 0; step < count; step++)
                    {
                        timestamps[step] = startMs + ((firstStep + step) * (long)StepMs);
                        values[step] = fleet.Value(series, firstStep + step);
                    }

                    WriteRequestV1Writer.AppendTimeSeries(
                        request, fleet.Labels(series), timestamps.AsSpan(0, count), values.AsSpan(0, count));
                }

                await PostAsync(http, request);
            }
        }
    }

    private static async Task PostAsync(HttpClient http, ByteBuffer message)
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
        int length = Snappy.Encode(message.Written, body);
        using HttpRequestMessage request = new(HttpMethod.Post, BenchmarkedServer.WritePath)
        {
            Content = new ByteArrayContent(body, 0, length),
        };
        request.Content.Headers.Add("Content-Encoding", "snappy");
        request.Content.Headers.Add("Content-Type", "application/x-protobuf");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using HttpResponseMessage answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", inner: null, answer.StatusCode);
        }
    }

    /// <summary>Writes series of native histograms into requests.</summary>
    private sealed class HistogramSeries
    {
        private readonly Histogram _histogram = new();
        private readonly ByteBuffer _message = new();

        public void Append(ByteBuffer request, NodeFleet fleet, int series, long startMs, int firstStep, int count)
        {
            int begin = WriteRequestV1Writer.BeginTimeSeries(request);
            request.Append(fleet.Labels(series));
            for (int step = firstStep; step < firstStep + count; step++)
            {
                NodeFleet.Fill(_histogram, series, step);
                _message.Clear();
                HistogramMessageWriter.Write(_message, _histogram, startMs + (step * (long)StepMs));
                WriteRequestV1Writer.AppendHistogram(request, _message.Written);
            }

            WriteRequestV1Writer.EndTimeSeries(request, begin);
        }
    }
}
