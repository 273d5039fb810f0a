using System.Globalization;
using System.Security.Cryptography;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>admin/tsdb/…</c>: deleting series, clean-up and snapshots, as Prometheus answers them.</summary>
internal sealed class AdminEndpoints(bool enabled, TimeProvider time)
{
    private readonly bool _enabled = enabled;
    private readonly TimeProvider _time = time;

    /// <summary>Deletes the samples of the selected series between two times; 204 when no query sees them any more.</summary>
    public Task<ApiError?> DeleteSeriesAsync(ApiCall call)
    {
        if (Refusal() is { } disabled)
        {
            return Task.FromResult<ApiError?>(disabled);
        }

        List<string> selectors = call.Parameters.GetAll(MatcherParameter.Name);
        if (selectors.Count == 0)
        {
            return Task.FromResult<ApiError?>(ApiError.BadData("no match[] parameter provided"));
        }

        ParameterReader reader = new(call.Parameters);
        long startMs = reader.Time("start", TimeParameter.MinTimeMs);
        long endMs = reader.Time("end", TimeParameter.MaxTimeMs);
        if (reader.Error is { } error)
        {
            return Task.FromResult<ApiError?>(error);
        }

        if (!MatcherParameter.TryParse(selectors, out List<IReadOnlyList<Matcher>> sets, out string problem))
        {
            return Task.FromResult<ApiError?>(ApiError.InvalidParameter(MatcherParameter.Name, problem));
        }

        // A deletion waits for a compaction to end and writes to the disk: not on the thread that serves requests.
        return Task.Run(
            () =>
            {
                foreach (IReadOnlyList<Matcher> matchers in sets)
                {
                    if (startMs <= endMs)
                    {
                        call.Workspace.Database.Delete(matchers, startMs, endMs);
                    }
                }

                return NoContent(call);
            },
            CancellationToken.None);
    }

    /// <summary>Writes blocks anew without what is deleted in them; 204.</summary>
    public Task<ApiError?> CleanTombstonesAsync(ApiCall call) =>
        Refusal() is { } disabled
            ? Task.FromResult<ApiError?>(disabled)
            : Task.Run(
                () =>
                {
                    call.Workspace.Database.CleanTombstones();
                    return NoContent(call);
                },
                CancellationToken.None);

    /// <summary>Makes a snapshot and answers with the name of its folder.</summary>
    public async Task<ApiError?> SnapshotAsync(ApiCall call)
    {
        if (Refusal() is { } disabled)
        {
            return disabled;
        }

        string skip = call.Parameters.Get("skip_head");
        bool skips = false;
        if (skip.Length > 0 && !GoBool.TryParse(skip, out skips, out string problem))
        {
            return ApiError.InvalidParameter("skip_head", $"unable to parse boolean: {problem}");
        }

        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{_time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        await Task.Run(() => call.Workspace.Database.Snapshot(name, withHead: !skips), CancellationToken.None);
        call.Response.Json.Raw("{\"status\":\"success\",\"data\":{\"name\":"u8);
        call.Response.Json.String(name);
        call.Response.Json.Raw("}}"u8);
        await call.Response.CompleteAsync();
        return null;
    }

    /// <summary><c>DELETE /api/v1/series</c>, which Prometheus has a route for and no more.</summary>
    public static Task<ApiError?> DropSeriesAsync(ApiCall call) =>
        Task.FromResult<ApiError?>(new ApiError(ApiErrorKind.Internal, "not implemented"));

    private static ApiError? NoContent(ApiCall call)
    {
        call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private ApiError? Refusal() => _enabled ? null : new ApiError(ApiErrorKind.Unavailable, "admin APIs disabled");
}
