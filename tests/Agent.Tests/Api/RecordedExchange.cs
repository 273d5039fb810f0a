using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Tests.Api;

/// <summary>A request made of thin air, and the answer to it.</summary>
internal sealed class RecordedExchange(string method, string target) : HttpExchange
{
    private int _status = 200;
    private bool _hasStarted;

    public override string Method => method;

    public override RequestTarget Target { get; } = RequestTarget.Parse(target);

    public override CancellationToken Aborted => CancellationToken.None;

    public override int StatusCode => _status;

    public override bool HasStarted => _hasStarted;

    /// <summary>The body of the answer.</summary>
    public string Body { get; private set; } = "";

    public Dictionary<string, string> RequestHeaders { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> AnswerHeaders { get; } = new(StringComparer.OrdinalIgnoreCase);

    public override string Header(string name) => RequestHeaders.GetValueOrDefault(name, "");

    public override void SetHeader(string name, string value) => AnswerHeaders[name] = value;

    public override Task WriteAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        (_hasStarted, _status) = (true, status);
        Body = Encoding.UTF8.GetString(body.Span);
        return Task.CompletedTask;
    }

    public override void Clear() => AnswerHeaders.Clear();

    public override void Abort() => throw new InvalidOperationException("there is no connection to break");
}
