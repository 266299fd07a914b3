"""Addresses of the stewardship of mines."""

from django.urls import path

from anlan.stewardship.pages import board, mine, posts

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
]
