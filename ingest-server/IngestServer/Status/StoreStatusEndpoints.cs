using System.Globalization;
using AmpEdge.IngestServer.Query;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Status;

/// <summary><c>status/tsdb</c> and <c>status/walreplay</c>: the head's index in numbers, and its log.</summary>
internal static class StoreStatusEndpoints
{
    /// <summary>Rows of each list, unless <c>limit</c> says otherwise; Prometheus's.</summary>
    private const int DefaultRows = 10;

    /// <summary>Prometheus's bound: every row is picked out of all label pairs.</summary>
    private const int MostRows = 10_000;

    public static async Task<ApiError?> AnswerTsdbAsync(ApiCall call)
    {
        string text = call.Parameters.Get("limit");
        int rows = DefaultRows;
        if (text.Length > 0
            && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out rows) || rows < 1))
        {
            return ApiError.BadData("limit must be a positive number");
        }

        if (rows > MostRows)
        {
            return ApiError.BadData(string.Create(CultureInfo.InvariantCulture, $"limit must not exceed {MostRows}"));
        }

        // A walk over the whole index: not on the thread that serves requests.
        Database database = call.Workspace.Database;
        IndexStatistics statistics = await Task.Run(() => database.IndexStatistics(rows), call.Cancel);
        HeadStats head = database.Stats();
        JsonBuffer json = call.Response.BeginData();
        json.Raw("{\"headStats\":{\"numSeries\":"u8);
        json.Number(statistics.Series);
        json.Raw(",\"numLabelPairs\":"u8);
        json.Number(statistics.LabelPairs);
        json.Raw(",\"chunkCount\":"u8);
        json.Number(head.Chunks);
        json.Raw(",\"minTime\":"u8);
        json.Number(head.MinTimeMs);
        json.Raw(",\"maxTime\":"u8);
        json.Number(head.MaxTimeMs);
        json.Raw((byte)'}');
        WriteRows(json, "seriesCountByMetricName"u8, statistics.SeriesByMetricName);
        WriteRows(json, "labelValueCountByLabelName"u8, statistics.ValuesByLabelName);
        WriteRows(json, "memoryInBytesByLabelName"u8, statistics.BytesByLabelName);
        WriteRows(json, "seriesCountByLabelValuePair"u8, statistics.SeriesByLabelPair);
        json.Raw((byte)'}');
        return await call.Response.EndDataAsync();
    }

    /// <summary>Requests are taken once the log is replayed, so what is told here is always a replay that has ended.</summary>
    public static Task<ApiError?> AnswerReplayAsync(ApiCall call)
    {
        long last = Math.Max(0, call.Workspace.Database.Stats().LogSegments - 1);
        JsonBuffer json = call.Response.BeginData();
        json.Raw("{\"min\":0,\"max\":"u8);
        json.Number(last);
        json.Raw(",\"current\":"u8);
        json.Number(last);
        json.Raw((byte)'}');
        return call.Response.EndDataAsync();
    }

    private static void WriteRows(JsonBuffer json, ReadOnlySpan<byte> memberName, IReadOnlyList<NamedCount> rows)
    {
        json.Raw(",\""u8);
        json.Raw(memberName);
        json.Raw("\":["u8);
        for (int index = 0; index < rows.Count; index++)
        {
            json.Raw(index == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            json.String(rows[index].Name);
            json.Raw(",\"value\":"u8);
            json.Number(rows[index].Count);
            json.Raw((byte)'}');
        }

        json.Raw((byte)']');
    }
}
