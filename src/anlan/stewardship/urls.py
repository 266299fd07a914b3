"""Addresses of the stewardship of mines."""

from django.urls import path

from anlan.stewardship.pages import board, items, lists, mine, posts

app_name = "stewardship"
urlpatterns = [
    path("stewardship/", board.board, name="board"),
    path("stewardship/mines/<int:pk>/", mine.mine, name="mine"),
    path("stewardship/mines/<int:pk>/assign/<slug:level>/", mine.assign, name="assign"),
    path("stewardship/<int:pk>/end/", mine.end, name="end"),
    path("stewardship/posts/", posts.posts, name="posts"),
    path("stewardship/posts/new/", posts.new, name="post_new"),
    path("stewardship/posts/<int:pk>/", posts.post, name="post"),
    path("stewardship/posts/<int:pk>/link/", posts.link, name="post_link"),
    path("stewardship/posts/<int:pk>/end/", posts.end, name="post_end"),
    path("stewardship/posts/<int:pk>/lists/", lists.draw_up, name="list_draw_up"),
    path("stewardship/lists/", lists.overview, name="lists"),
    path("stewardship/lists/<int:pk>/", lists.one, name="list"),
    path("stewardship/lists/<int:pk>/add/", lists.add, name="item_add"),
    path("stewardship/lists/<int:pk>/issue/", lists.issue, name="list_issue"),
    path("stewardship/lists/<int:pk>/recall/", lists.recall, name="list_recall"),
    path("stewardship/lists/<int:pk>/docx/", lists.docx, name="list_docx"),
    path("stewardship/items/<int:pk>/change/", lists.change, name="item_change"),
    path("stewardship/items/<int:pk>/drop/", lists.drop, name="item_drop"),
    path("stewardship/items/<int:pk>/finish/", items.finish, name="item_finish"),
    path("stewardship/items/<int:pk>/verify/", items.verify, name="item_verify"),
    path("stewardship/items/<int:pk>/return/", items.send_back, name="item_return"),
    path("stewardship/items/<int:pk>/reopen/", items.reopen, name="item_reopen"),
]
