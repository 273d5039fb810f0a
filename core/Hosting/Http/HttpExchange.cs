using System.Text;

namespace AmpEdge.Hosting;

/// <summary>
/// One request and its answer, whichever listener took it: <see cref="PageServer"/> or Kestrel. What the programs share
/// (health, readiness, metrics) and all that the agent answers is written against this and nothing else.
/// </summary>
/// <remarks>
/// Answers are whole and request bodies are not offered: a handler that streams belongs on Kestrel and takes its context.
/// </remarks>
public abstract class HttpExchange
{
    private IReadOnlyList<KeyValuePair<string, string>> _routeValues = [];

    /// <summary>In upper case, as it came.</summary>
    public abstract string Method { get; }

    /// <summary>Path and query as sent.</summary>
    public abstract RequestTarget Target { get; }

    /// <summary>Fires when nobody waits for the answer any longer.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>The status of the answer; 200 until one is given.</summary>
    public abstract int StatusCode { get; }

    /// <summary>Whether (part of) an answer went out.</summary>
    public abstract bool HasStarted { get; }

    /// <summary>The fields of that name, in any case, joined by commas; empty when there is none.</summary>
    public abstract string Header(string name);

    /// <summary>The first value of a parameter of the query, decoded; empty when there is none.</summary>
    public string Query(string name) => Target.Parameter(name);

    /// <summary>The decoded value of <c>{name}</c> in the route's pattern; asking for another name is an error.</summary>
    public string RouteValue(string name)
    {
        foreach ((string known, string value) in _routeValues)
        {
            if (known == name)
            {
                return value;
            }
        }

        throw new InvalidOperationException($"the route of {Target.RawPath} has no value '{name}'");
    }

    /// <summary>Sets a field of the answer, before it is written.</summary>
    /// <exception cref="ArgumentException">The value would end the field: it holds a control character.</exception>
    public abstract void SetHeader(string name, string value);

    /// <summary>Answers with a status and a line of plain text.</summary>
    public Task WriteTextAsync(int status, string text) =>
        WriteAsync(status, "text/plain; charset=utf-8", text.EndsWith('\n') ? text : text + "\n");

    /// <summary>Answers with a status and a whole body; HEAD gets its length only.</summary>
    public Task WriteAsync(int status, string contentType, string body) =>
        WriteAsync(status, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>Answers with a status and a whole body; HEAD gets its length only. No body has no type.</summary>
    public abstract Task WriteAsync(int status, string contentType, ReadOnlyMemory<byte> body);

    internal virtual void TakeRouteValues(IReadOnlyList<KeyValuePair<string, string>> values) => _routeValues = values;

    /// <summary>Forgets what was prepared of an answer that has not started.</summary>
    public abstract void Clear();

    /// <summary>Breaks the connection: the only way to say that the rest of an answer is missing.</summary>
    public abstract void Abort();
}
