using System.Text.Json;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Reads all objects of a request, page by page.</summary>
internal sealed class ObjectLister
{
    /// <summary>The API stores no object that is larger.</summary>
    public const int MaxObjectBytes = 16 << 20;

    /// <summary>For one page, from its headers to its end.</summary>
    private static readonly TimeSpan s_pageTimeout = TimeSpan.FromMinutes(5);

    private readonly ClusterClient _client;
    private readonly ResourceKind _kind;
    private readonly ObjectStore _known;
    private readonly KubernetesMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LabelsBuilder _labels = new();

    public ObjectLister(
        ClusterClient client, ResourceKind kind, ObjectStore known, KubernetesMetrics metrics, TimeProvider time, ILogger log)
    {
        _client = client;
        _kind = kind;
        _known = known;
        _metrics = metrics;
        _time = time;
        _log = log;
    }

    /// <summary>All objects by name, and the version from which they can be watched.</summary>
    /// <param name="path">The path of a page, given the token of the page before; null for the first.</param>
    /// <param name="what">For messages.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KubernetesException">Not all of it could be read.</exception>
    public async Task<(Dictionary<ObjectKey, KubernetesObject> Objects, string Version)> ListAsync(
        Func<string?, string> path, string what, CancellationToken cancel)
    {
        Dictionary<ObjectKey, KubernetesObject> objects = [];
        string? next = null;
        string? version = null;
        do
        {
            ListMetaJson meta = await ReadPageAsync(path(next), what, objects, cancel);
            if (meta.Continue is { Length: > 0 } && meta.Continue == next)
            {
                throw new KubernetesException($"{what}: the server goes on with the same page for ever");
            }

            next = meta.Continue;
            version ??= meta.ResourceVersion;
        }
        while (!string.IsNullOrEmpty(next));

        return (objects, string.IsNullOrEmpty(version) ? "0" : version);
    }

    /// <summary>
    /// The object of a piece of JSON; null with a failure counted when it cannot be read. One odd object must not cost
    /// the others their targets.
    /// </summary>
    public KubernetesObject? TryRead(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            if (_kind.Read(json, _labels) is { } item)
            {
                return item;
            }

            Unreadable(what, "it has no name");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            Unreadable(what, error.Message);
        }

        return null;
    }

    /// <summary>The name of an object of which the rest may be unreadable; null when that is, too.</summary>
    public static ObjectKey? TryReadKey(ReadOnlySpan<byte> json)
    {
        try
        {
            return ObjectReader.ReadMeta(json) is { } meta ? ObjectReader.KeyOf(meta) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<ListMetaJson> ReadPageAsync(
        string path, string what, Dictionary<ObjectKey, KubernetesObject> objects, CancellationToken cancel)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, what, acceptGzip: true, cancel);
        using CancellationTokenSource timeout = new(s_pageTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await using Stream body = await BoundedBody.OpenAsync(response, either.Token);
            return await ObjectList.ReadAsync(body, json => Take(json.Span, what, objects), MaxObjectBytes, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new KubernetesTimeoutException(what, s_pageTimeout);
        }
        catch (Exception error) when (error is InvalidDataException or HttpRequestException
            || error is IOException and not KubernetesException)
        {
            throw new KubernetesConnectionException(what, error);
        }
    }

    private void Take(ReadOnlySpan<byte> json, string what, Dictionary<ObjectKey, KubernetesObject> objects)
    {
        KubernetesObject? item = TryRead(json, what)
            ?? (TryReadKey(json) is { } key ? _known.Find(key) : null);
        if (item is not null)
        {
            objects[item.Key] = item;
        }
    }

    private void Unreadable(string what, string problem)
    {
        _metrics.CountFailure(_kind, "object");
        KubernetesLog.ObjectUnreadable(_log, what, problem);
    }
}
