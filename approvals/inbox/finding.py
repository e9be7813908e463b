"""The invitation that a message names, as the reading of it needs it."""

from approvals.letters.compose import shown_text
from approvals.letters.kinds import ASKING
from approvals.models import OutgoingMail
from approvals.reply import Email, Invited, Keys
from approvals.services.deciding import closed_sentence
from approvals.tokens import invitation_of_reply
from foreign_systems.models import ForeignSystem, sender_name_of, sender_of


def find_invitation(keys: Keys) -> Invited | None:
    """The one invitation that a message names: by token, else by a Message-ID we sent."""
    if keys.tokens:
        found = {invitation_of_reply(token) for token in keys.tokens}
    else:
        sent = OutgoingMail.objects.filter(
            message_id__in=keys.message_ids, invitation__isnull=False
        )
        found = {mail.invitation for mail in sent.select_related("invitation__request")}
    invitation = found.pop() if len(found) == 1 else None
    if invitation is None:
        return None
    request = invitation.request
    mails = list(invitation.mails.select_related("server", "draft", "follows__draft"))
    mail = mails[0] if mails else None
    server = (mail.server if mail else None) or ForeignSystem.objects.default()
    return Invited(
        id=str(invitation.pk),
        address=invitation.address,
        status=request.state,
        longest_minutes=request.terms.longest_grant,
        decided="" if request.is_pending else closed_sentence(request),
        sent_from=sender_of(mail.sender, server) if mail else "",
        sent_name=sender_name_of(mail.sender_name, server) if mail else "",
        number=str(request),
        notified=invitation.is_notified,
        asking_ids=tuple(each.thread_id for each in mails if each.purpose in ASKING),
        sent=tuple(map(_as_sent, mails)),
    )


def _as_sent(mail: OutgoingMail) -> Email:
    """What a mail says, or the digest in which it went."""
    draft = mail.follows.draft if mail.follows and mail.is_in_digest else mail.draft
    text = shown_text(draft.text, mail.recipient)
    return Email(text, shown_text(draft.html or "", mail.recipient))
