using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.SendingLog;

public sealed class MessageStateTests
{
    [Theory]
    [InlineData(MessageState.Queued, "Sent", false)]
    [InlineData(MessageState.Waiting, "Sent", false)]
    [InlineData(MessageState.Delivered, "Sent", true)]
    [InlineData(MessageState.Bounced, "Failed", true)]
    [InlineData(MessageState.Expired, "Failed", true)]
    public void Campaign_sees_Sent_until_a_message_failed(MessageState state, string status, bool isFinal) =>
        Assert.Equal((status, isFinal), (state.Status(), state.IsFinal()));
}
