using System.Net;
using AmpEdge.IngestServer.Auth;
using AmpEdge.QueryApi;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>
/// Writes one line for each refused request, up to a bound per minute: whoever is refused in a loop must not fill the
/// disk. What was left out is counted in the next minute's first line; the metric counts everything.
/// </summary>
internal sealed class AuditLog(ILogger log, TimeProvider time)
{
    private const int LinesPerMinute = 60;

    private readonly Lock _windowLock = new();
    private readonly ILogger _log = log;
    private readonly TimeProvider _time = time;
    private long _windowStart = time.GetTimestamp();
    private int _lines;
    private long _leftOut;

    public void Refused(HttpContext context, AmpError error, string caller)
    {
        // What the server cannot take at the moment is no judgement of the caller, and its own state is logged by itself.
        if (error.Status >= StatusCodes.Status500InternalServerError || !TryTakeLine(out long leftOut))
        {
            return;
        }

        if (leftOut > 0)
        {
            GuardLog.LeftOut(_log, leftOut, LinesPerMinute);
        }

        IPAddress? client = context.Connection.RemoteIpAddress;
        GuardLog.Refused(
            _log, error.Reason, caller, context.Request.Method, TimeParameter.Clip(context.Request.Path.ToString()),
            client, error.Status);
    }

    private bool TryTakeLine(out long leftOut)
    {
        lock (_windowLock)
        {
            leftOut = 0;
            if (_time.GetElapsedTime(_windowStart) >= TimeSpan.FromMinutes(1))
            {
                _windowStart = _time.GetTimestamp();
                _lines = 0;
                leftOut = _leftOut;
                _leftOut = 0;
            }

            if (_lines >= LinesPerMinute)
            {
                _leftOut++;
                return false;
            }

            _lines++;
            return true;
        }
    }
}
