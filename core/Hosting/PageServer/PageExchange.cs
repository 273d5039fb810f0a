namespace AmpEdge.Hosting;

/// <summary>A request that a <see cref="PageServer"/> took.</summary>
internal sealed class PageExchange(ClientSocket client, RequestHead request, TimeProvider time, CancellationToken aborted)
    : HttpExchange
{
    /// <summary>Up to this size head and body go out together.</summary>
    private const int SmallBodyBytes = 16 * 1024;

    private readonly AnswerHead _answer = new();
    private int _status = 200;
    private bool _hasStarted;

    public override string Method => request.Method;

    public override RequestTarget Target { get; } = RequestTarget.Parse(request.Target);

    public override CancellationToken Aborted => aborted;

    public override int StatusCode => _status;

    public override bool HasStarted => _hasStarted;

    /// <summary>Whether another request may follow on the connection; set to false to end it with this answer.</summary>
    public bool KeepsConnection { get; set; } = request.KeepsConnection;

    public override string Header(string name) => request.Field(name);

    public override void SetHeader(string name, string value) => _answer.Set(name, value);

    public override async Task WriteAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        if (_hasStarted)
        {
            throw new InvalidOperationException($"{Method} {Target.RawPath} is answered twice");
        }

        byte[] head = _answer.Encode(status, contentType, body.Length, KeepsConnection, time.GetUtcNow());
        (_hasStarted, _status) = (true, status);
        bool hasBody = !body.IsEmpty && Method != "HEAD";
        bool isOne = hasBody && body.Length <= SmallBodyBytes;
        KeepsConnection &= await client.SendAsync(isOne ? (byte[])[.. head, .. body.Span] : head)
            && (!hasBody || isOne || await client.SendAsync(body));
    }

    public override void Clear() => _answer.Clear();

    public override void Abort()
    {
        KeepsConnection = false;
        client.Abort();
    }
}
